import { setTimeout as sleep } from 'node:timers/promises';
import { type Credentials, createCredentials } from '../../platform/access/createCredentials.ts';
import type { CredentialSnapshot } from '../../platform/access/Credential.ts';
import type { Database } from '../Database.ts';
import { readAccessRevision } from './readAccessRevision.ts';
import { readCredentials } from './readCredentials.ts';
import { recordKeyUse } from './recordKeyUse.ts';

// Keeps what a server knows of keys and sessions at what PostgreSQL says: at once when it is poked (by the channel
// holdfast_access), and every few seconds anyway, by asking for no more than the revision. While PostgreSQL is away what was
// last known holds.

/** A PostgreSQL that does not answer holds no process up. */
const MOST_CLOSING_MS = 2000;

export interface FollowOptions {
  /** @throws HoldfastError unavailable while PostgreSQL is away */
  readonly database: () => Promise<Database>;
  /** Whose note it is when a key was used. */
  readonly server: 'control' | 'inference';
  /** Outlives the process, for a start while PostgreSQL is away. */
  readonly copy?: CredentialCopy;
  readonly logger: {
    warn(fields: object, message: string): void;
    debug(fields: object, message: string): void;
  };
  /** Default 2 s: a word of PostgreSQL that was lost must not keep a revoked key alive. */
  readonly reconcileMs?: number;
  /** Between two notes of which keys were used. Default 60 s. */
  readonly noteUseMs?: number;
  /** How long the start waits for PostgreSQL. Default 3 s. */
  readonly startMs?: number;
}

export interface CredentialCopy {
  /** Null where nothing was kept. */
  read(): Promise<CredentialSnapshot | null>;
  write(snapshot: CredentialSnapshot): Promise<void>;
}

export interface FollowedCredentials {
  readonly credentials: Credentials;
  /** Settles when they are known for the first time, or PostgreSQL did not answer in time; never rejects. */
  readonly ready: Promise<void>;
  /** What changed before this was called is known when it returns. @throws HoldfastError unavailable */
  refresh(): Promise<void>;
  /** The same, without waiting. */
  poke(): void;
  close(): Promise<void>;
}

export function followCredentials(options: FollowOptions): FollowedCredentials {
  const { database, server, copy, logger } = options;
  let isOfDatabase = false;
  const load = async (): Promise<void> => {
    const opened = await database();
    // A copy's revision may be another database's.
    if (isOfDatabase && (await readAccessRevision(opened)) === credentials.revision()) return;
    const snapshot = await readCredentials(opened);
    credentials.replace(snapshot);
    isOfDatabase = true;
    await copy?.write(snapshot).catch((error: unknown) => {
      logger.warn({ err: error }, 'The copy of keys and sessions cannot be written.');
    });
  };
  const refresh = oneAfterAnother(load);
  const credentials = createCredentials(refresh);
  const poke = (): void =>
    void refresh().catch((error: unknown) =>
      logger.debug({ err: error }, 'Keys and sessions cannot be read; what was last known holds.'),
    );
  const noteUse = async (): Promise<void> => {
    const uses = credentials.takeUses();
    if (uses.length === 0) return;
    // Lost where PostgreSQL is away: it is a hint for people, to the minute.
    await database()
      .then(opened => recordKeyUse(opened, server, uses))
      .catch((error: unknown) => logger.debug({ err: error }, 'Which keys were used cannot be noted.'));
  };

  const start = async (): Promise<void> => {
    const late = sleep(options.startMs ?? 3000, false, { ref: false });
    const isKnown = refresh().then(
      () => true,
      () => false,
    );
    if (await Promise.race([isKnown, late])) return;
    const kept = (await copy?.read()) ?? null;
    if (credentials.revision() !== null) return;
    if (kept !== null) credentials.replace(kept);
    logger.warn(
      { kept: kept?.credentials.length ?? 0 },
      'PostgreSQL does not answer; keys and sessions are checked by the local copy.',
    );
  };
  const reconciling = setInterval(poke, options.reconcileMs ?? 2000);
  const noting = setInterval(() => void noteUse(), options.noteUseMs ?? 60_000);
  return {
    credentials,
    ready: start(),
    refresh,
    poke,
    close: async () => {
      clearInterval(reconciling);
      clearInterval(noting);
      // What is under way may still write the copy, into a folder that is nobody's afterwards.
      await Promise.race([
        Promise.allSettled([noteUse(), refresh.ended()]),
        sleep(MOST_CLOSING_MS, undefined, { ref: false }),
      ]);
    },
  };
}

interface OneAfterAnother {
  (): Promise<void>;
  /** Settles when nothing is under way; rejects where that failed. */
  ended(): Promise<void>;
}

/** Who calls while one is under way gets the next, which all of them share. */
function oneAfterAnother(work: () => Promise<void>): OneAfterAnother {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const begin = (): Promise<void> => {
    const begun = work().finally(() => {
      if (running === begun) running = null;
    });
    running = begun;
    return begun;
  };
  const run = (): Promise<void> => {
    if (running === null && next === null) return begin();
    next ??= (running ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        next = null;
        return begin();
      });
    return next;
  };
  return Object.assign(run, { ended: () => next ?? running ?? Promise.resolve() });
}
