import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from '../observability/createLogger.ts';

// PostgreSQL's word that an alias moved or an experiment changed, over a connection of its own that is made again for as long as the process lives. A
// word may be lost while the connection is down, so every new connection counts as one.

/** Of the triggers on model_alias and experiment. */
const CHANNELS = ['holdfast_alias', 'holdfast_experiment'];
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
/** A connection that a network cut in half says nothing: it is asked now and then. */
const ASK_EVERY_MS = 15_000;
const ANSWER_WITHIN_MS = 5000;

export interface RegistryWatch {
  close(): Promise<void>;
}

/** @param onChange called when something changed or may have changed */
export function watchRegistry(connectionString: string, onChange: () => void, logger: Logger): RegistryWatch {
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
          if (told) logger.info({}, 'PostgreSQL is back; promotions and experiments are heard again.');
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
    for (const channel of CHANNELS) await client.query(`listen ${channel}`);
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
