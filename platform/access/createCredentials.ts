import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../HoldfastError.ts';
import { sha256 } from '../sha256.ts';
import type { Credential, CredentialSnapshot } from './Credential.ts';
import { looksLikeSecret } from './secrets.ts';

// All sessions and keys that are good, in memory: to check one costs a look into a map. What is presented is hashed once and
// then known by its text; one that is not known is asked for, a few times a second at most however many strangers ask.

export interface Credentials {
  /** A promise only for one that is not in memory. @throws HoldfastError unavailable where nothing was ever loaded */
  find(secret: string): Credential | undefined | Promise<Credential | undefined>;
  /** As far as memory goes. */
  known(secret: string): Credential | undefined;
  /** Told whenever those that are good changed. @returns ends it */
  onChange(listener: () => void): () => void;
  /** Takes over what is good now. */
  replace(snapshot: CredentialSnapshot): void;
  revision(): string | null;
  /** By key, when it was presented last, since this was asked last. */
  takeUses(): { readonly keyId: string; readonly usedAt: number }[];
}

interface Entry {
  readonly credential: Credential;
  readonly until: number;
  /** 0: not since the uses were taken. */
  usedAt: number;
}

/** Between two questions that strangers cause. */
const ASK_EVERY_MS = 250;
/** How long a denied one is not asked for again, unless the credentials change; and how many are remembered. */
const DENIED_MS = 5000;
const MOST_DENIED = 10_000;

/** @param refresh brings what is good now, by replace(); throws where it cannot */
export function createCredentials(refresh: () => Promise<void>): Credentials {
  let revision: string | null = null;
  let byHash = new Map<string, Entry>();
  let bySecret = new Map<string, Entry>();
  let denied = new Map<string, number>();
  let asking: Promise<void> | null = null;
  let askedAt = 0;
  const listeners = new Set<() => void>();

  const entryOf = (secret: string): Entry | undefined => {
    const met = bySecret.get(secret);
    if (met !== undefined || !looksLikeSecret(secret)) return met;
    const entry = byHash.get(sha256(secret));
    if (entry !== undefined) bySecret.set(secret, entry);
    return entry;
  };
  const known = (secret: string): Credential | undefined => {
    const entry = entryOf(secret);
    if (entry === undefined) return undefined;
    const now = Date.now();
    if (now >= entry.until) return undefined;
    entry.usedAt = now;
    return entry.credential;
  };
  /** One question for all who wait; it begins after they came, so its answer holds for them. */
  const ask = (): Promise<void> => {
    asking ??= (async () => {
      await sleep(Math.max(0, askedAt + ASK_EVERY_MS - Date.now()));
      asking = null;
      askedAt = Date.now();
      await refresh();
    })();
    return asking;
  };
  const search = async (secret: string): Promise<Credential | undefined> => {
    try {
      await ask();
    } catch (cause) {
      if (revision === null)
        throw new HoldfastError(
          'unavailable',
          'Who calls cannot be checked, since the keys and sessions have never been read: PostgreSQL is away. Try again shortly.',
          { cause },
        );
      return undefined;
    }
    const found = known(secret);
    if (found === undefined && denied.size < MOST_DENIED) denied.set(sha256(secret), Date.now());
    return found;
  };

  return {
    known,
    find: secret => {
      const found = known(secret);
      if (found !== undefined || !looksLikeSecret(secret)) return found;
      const deniedAt = denied.size === 0 ? undefined : denied.get(sha256(secret));
      return deniedAt !== undefined && Date.now() - deniedAt < DENIED_MS ? undefined : search(secret);
    },
    onChange: listener => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    revision: () => revision,
    replace: snapshot => {
      revision = snapshot.revision;
      const uses = byHash;
      byHash = new Map(
        snapshot.credentials.map(credential => [
          credential.hash,
          {
            credential,
            until: credential.expiresAt ?? Number.POSITIVE_INFINITY,
            usedAt: uses.get(credential.hash)?.usedAt ?? 0,
          },
        ]),
      );
      bySecret = new Map();
      denied = new Map();
      for (const listener of listeners) listener();
    },
    takeUses: () => {
      const used = [...byHash.values()].filter(
        ({ credential, usedAt }) => usedAt > 0 && credential.kind === 'key',
      );
      const uses = used.map(({ credential, usedAt }) => ({ keyId: credential.keyId, usedAt }));
      for (const entry of used) entry.usedAt = 0;
      return uses;
    },
  };
}
