import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from '../observability/createLogger.ts';

// PostgreSQL's word that an alias moved, over a connection of its own that is made again for as long as the process lives. A
// word may be lost while the connection is down, so every new connection counts as one.

/** Of the trigger on model_alias. */
const CHANNEL = 'holdfast_alias';
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
/** A connection that a network cut in half says nothing: it is asked now and then. */
const ASK_EVERY_MS = 15_000;
const ANSWER_WITHIN_MS = 5000;

export interface AliasWatch {
  close(): Promise<void>;
}

/** @param onChange called when an alias moved or may have moved */
export function watchAliases(connectionString: string, onChange: () => void, logger: Logger): AliasWatch {
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (waitMs: number): Promise<unknown> =>
    sleep(waitMs, undefined, { signal }).catch(() => undefined);

  const watching = (async () => {
    let waitMs = FIRST_WAIT_MS;
    let told = false;
    while (!signal.aborted) {
      try {
        await listenOnce(connectionString, signal, onChange, () => {
          if (told) logger.info({}, 'PostgreSQL is back; promotions are heard again.');
          told = false;
          waitMs = FIRST_WAIT_MS;
        });
      } catch (error) {
        if (!told) logger.warn({ err: error }, 'PostgreSQL is away; what is loaded is served.');
        told = true;
      }
      await pause(waitMs);
      waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
    }
  })();
  return {
    close: async () => {
      stopping.abort();
      await watching;
    },
  };
}

/** Listens until the connection fails (throws) or the signal aborts (returns). */
async function listenOnce(
  connectionString: string,
  signal: AbortSignal,
  onChange: () => void,
  onListening: () => void,
): Promise<void> {
  const client = new Client({
    connectionString,
    application_name: 'holdfast-inference-watch',
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
  });
  const ended = Promise.withResolvers<void>();
  const stop = (): void => ended.resolve();
  client.on('error', ended.reject);
  client.on('end', () => ended.reject(new Error('PostgreSQL closed the connection.')));
  client.on('notification', onChange);
  signal.addEventListener('abort', stop, { once: true });
  const asking = setInterval(() => void client.query('select 1').catch(ended.reject), ASK_EVERY_MS);
  // Rejected before anybody waits for it, it must not end the process.
  ended.promise.catch(() => undefined);
  try {
    await client.connect();
    await client.query(`listen ${CHANNEL}`);
    onListening();
    onChange();
    if (signal.aborted) stop();
    await ended.promise;
  } finally {
    clearInterval(asking);
    signal.removeEventListener('abort', stop);
    await client.end().catch(() => undefined);
  }
}
