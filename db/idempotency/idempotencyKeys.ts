import type { Database } from '../Database.ts';

// Who works on the request of a key, and what was answered. A claim is one statement, so that of many at once one gets it; it
// runs out by itself, so that a process that was killed holds nobody up for long.

export interface KeyedRequest {
  /** Who asks: keys of different callers are different keys. */
  readonly caller: string;
  readonly key: string;
  readonly method: string;
  /** SHA-256 of the request. */
  readonly digest: string;
}

export type Claim =
  | { readonly kind: 'claimed'; readonly firstAt: Date; readonly again: boolean }
  | { readonly kind: 'answered'; readonly response: Uint8Array }
  | { readonly kind: 'underWay' }
  /** The key was given with another request. */
  | { readonly kind: 'other'; readonly method: string; readonly firstAt: Date };

/** How long a key is known. */
export const KEPT_HOURS = 24;
/** How long a claim holds unless it is renewed. */
export const CLAIM_SECONDS = 15;

/**
 * Claims a request for whoever calls.
 * @param claim a UUID of the caller's own
 */
export const claimKey = (database: Database, request: KeyedRequest, claim: string): Promise<Claim> =>
  database.write(async manager => {
    const { caller, key, method, digest } = request;
    await manager.execute(
      `delete from idempotency_key where (caller, key) in (
         select caller, key from idempotency_key where first_at < clock_timestamp() - interval '${KEPT_HOURS} hours'
         order by first_at limit 100 for update skip locked)`,
    );
    const [claimed] = await manager.execute<{ first_at: Date | string; inserted: boolean }[]>(
      `insert into idempotency_key as k (caller, key, method, request_digest, first_at, claim, claimed_until)
       values (?, ?, ?, ?, clock_timestamp(), ?, clock_timestamp() + interval '${CLAIM_SECONDS} seconds')
       on conflict (caller, key) do update set claim = excluded.claim, claimed_until = excluded.claimed_until
         where k.response is null and k.claimed_until < clock_timestamp()
           and k.method = excluded.method and k.request_digest = excluded.request_digest
       returning first_at, xmax = 0 as inserted`,
      [caller, key, method, digest, claim],
    );
    if (claimed !== undefined)
      return { kind: 'claimed', firstAt: new Date(claimed.first_at), again: !claimed.inserted };
    const [standing] = await manager.execute<StandingRow[]>(
      `select method, request_digest, first_at, response from idempotency_key where caller = ? and key = ?`,
      [caller, key],
    );
    // Gone in between: whoever had it let it go.
    if (standing === undefined) return { kind: 'underWay' };
    if (standing.method !== method || standing.request_digest !== digest)
      return { kind: 'other', method: standing.method, firstAt: new Date(standing.first_at) };
    return standing.response === null
      ? { kind: 'underWay' }
      : { kind: 'answered', response: standing.response };
  });

interface StandingRow {
  readonly method: string;
  readonly request_digest: string;
  readonly first_at: Date | string;
  readonly response: Uint8Array | null;
}

type Claimed = Pick<KeyedRequest, 'caller' | 'key'>;

/** Says that the claim's holder is still at work. */
export const renewClaim = (database: Database, { caller, key }: Claimed, claim: string): Promise<void> =>
  database.write(async manager => {
    await manager.execute(
      `update idempotency_key set claimed_until = clock_timestamp() + interval '${CLAIM_SECONDS} seconds'
       where caller = ? and key = ? and claim = ? and response is null`,
      [caller, key, claim],
    );
  });

/** Keeps the answer for whoever asks again. Of a claim that ran out meanwhile, the answer is kept all the same: it is the same. */
export const keepAnswer = (
  database: Database,
  { caller, key }: Claimed,
  response: Uint8Array,
): Promise<void> =>
  database.write(async manager => {
    await manager.execute(
      `update idempotency_key set response = ? where caller = ? and key = ? and response is null`,
      [Buffer.from(response), caller, key],
    );
  });

/**
 * Lets a claim go without an answer.
 * @param forget whether nothing was done, so that the key is free for another request
 */
export const releaseClaim = (
  database: Database,
  { caller, key }: Claimed,
  claim: string,
  forget: boolean,
): Promise<void> =>
  database.write(async manager => {
    const statement = forget
      ? 'delete from idempotency_key'
      : `update idempotency_key set claimed_until = clock_timestamp() - interval '1 second'`;
    await manager.execute(`${statement} where caller = ? and key = ? and claim = ? and response is null`, [
      caller,
      key,
      claim,
    ]);
  });
