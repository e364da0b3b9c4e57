import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

// PostgreSQL's word that something changed, over a connection of its own that is made again for as long as the process lives.
// A word may be lost while the connection is down, so every new connection counts as one on every channel.

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
/** A connection that a network cut in half says nothing: it is asked now and then. */
const ASK_EVERY_MS = 15_000;
const ANSWER_WITHIN_MS = 5000;

/** As triggers name them; what is called says that something changed or may have changed. */
export type Channels = Readonly<Record<`holdfast_${string}`, () => void>>;

export interface ChannelWatchOptions {
  readonly connectionString: string;
  readonly channels: Channels;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Told once when PostgreSQL went away, */
  readonly onAway: (error: unknown) => void;
  /** and once when it is back. */
  readonly onBack: () => void;
}

export interface ChannelWatch {
  close(): Promise<void>;
}

export function watchChannels(options: ChannelWatchOptions): ChannelWatch {
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (waitMs: number): Promise<unknown> =>
    sleep(waitMs, undefined, { signal }).catch(() => undefined);

  const watching = (async () => {
    let waitMs = FIRST_WAIT_MS;
    let told = false;
    while (!signal.aborted) {
      try {
        await listenOnce(options, signal, () => {
          if (told) options.onBack();
          told = false;
          waitMs = FIRST_WAIT_MS;
        });
      } catch (error) {
        if (!told) options.onAway(error);
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
  { connectionString, channels, applicationName }: ChannelWatchOptions,
  signal: AbortSignal,
  onListening: () => void,
): Promise<void> {
  const listeners = new Map(Object.entries(channels));
  const client = new Client({
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
  });
  const ended = Promise.withResolvers<void>();
  const stop = (): void => ended.resolve();
  client.on('error', ended.reject);
  client.on('end', () => ended.reject(new Error('PostgreSQL closed the connection.')));
  client.on('notification', ({ channel }) => listeners.get(channel)?.());
  signal.addEventListener('abort', stop, { once: true });
  const asking = setInterval(() => void client.query('select 1').catch(ended.reject), ASK_EVERY_MS);
  // Rejected before anybody waits for it, it must not end the process.
  ended.promise.catch(() => undefined);
  try {
    await client.connect();
    for (const channel of listeners.keys()) await client.query(`listen ${channel}`);
    onListening();
    for (const changed of listeners.values()) changed();
    if (signal.aborted) stop();
    await ended.promise;
  } finally {
    clearInterval(asking);
    signal.removeEventListener('abort', stop);
    await client.end().catch(() => undefined);
  }
}
