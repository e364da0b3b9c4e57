import type { EntityManager } from '@mikro-orm/postgresql';
import { sha256 } from '../../platform/sha256.ts';
import type { Database } from '../Database.ts';

// Who tries passwords is held back the longer the more attempts failed, by user name, or user and known peer, and by peer. An attempt counts as failed
// from its beginning, and is forgiven when it succeeds: neither many at once nor a process that dies gets one for nothing.

export interface ThrottleRule {
  /** As `user anna`: kept as its SHA-256 only. */
  readonly subject: string;
  /** So many failures cost no time. */
  readonly free: number;
  /** The longest that the subject is held back. */
  readonly longestMs: number;
}

/** The wait after the first failure that costs time; each further one doubles it. */
const FIRST_MS = 1000;
const FORGOTTEN_AFTER = `interval '1 day'`;

/** Begins an attempt. @returns how long to wait first, in ms; null where the attempt may be made, which then counts as failed */
export const beginLogin = (database: Database, rules: readonly ThrottleRule[]): Promise<number | null> =>
  database.write(async manager => {
    const ordered = sorted(rules);
    const waits: number[] = [];
    for (const { hash } of ordered) waits.push(await lockSubject(manager, hash));
    const waitMs = Math.max(...waits);
    if (waitMs > 0) return waitMs;
    for (const { hash, free, longestMs } of ordered)
      await manager.execute(
        `update login_throttle set failures = failures + 1, failed_at = clock_timestamp(),
           blocked_until = case when failures + 1 <= ? then 'epoch' else clock_timestamp() +
             interval '1 millisecond' * least(?::float8, ?::float8 * 2.0 ^ least(failures - ?, 40)) end
         where subject = ?`,
        [free, longestMs, FIRST_MS, free, hash],
      );
    await manager.execute(
      `delete from login_throttle where subject in (
         select subject from login_throttle where failed_at < clock_timestamp() - ${FORGOTTEN_AFTER} for update skip locked)`,
    );
    return null;
  });

/** The attempt that was begun has succeeded: the user starts afresh, the peer is forgiven this one. */
export const forgiveLogin = (database: Database, user: ThrottleRule, peer: ThrottleRule): Promise<void> =>
  database.write(async manager => {
    const hashes = [sha256(user.subject), sha256(peer.subject)];
    await manager.execute(
      `select from login_throttle where subject = any (array(select jsonb_array_elements_text(?::jsonb))) order by subject for update`,
      [JSON.stringify(hashes)],
    );
    await manager.execute(
      `update login_throttle set failures = case when subject = ? then 0 else greatest(failures - 1, 0) end,
         blocked_until = 'epoch'
       where subject = any (array(select jsonb_array_elements_text(?::jsonb)))`,
      [hashes[0], JSON.stringify(hashes)],
    );
  });

/** In one order whoever asks, so that two attempts never wait for each other. */
const sorted = (rules: readonly ThrottleRule[]) =>
  rules
    .map(rule => ({ ...rule, hash: sha256(rule.subject) }))
    .toSorted((one, other) => (one.hash < other.hash ? -1 : 1));

/** Holds the subject's row until the transaction ends. @returns for how many ms it is held back */
async function lockSubject(manager: EntityManager, hash: string): Promise<number> {
  const [{ wait_ms: waitMs }] = await manager.execute<{ wait_ms: number }[]>(
    `insert into login_throttle as t (subject, failures, failed_at, blocked_until)
     values (?, 0, clock_timestamp(), 'epoch')
     on conflict (subject) do update set failed_at = t.failed_at
     returning ceil(greatest(0, extract(epoch from t.blocked_until - clock_timestamp())) * 1000)::integer as wait_ms`,
    [hash],
  );
  return waitMs;
}
