import { setTimeout as sleep } from 'node:timers/promises';
import { type Channels, watchChannels } from '../db/watchChannels.ts';
import type { Logger } from '../observability/createLogger.ts';
import type { ModelStore } from './createModelStore.ts';

// Keeps a store at what the registry says for as long as the process lives: at once when PostgreSQL says that an alias moved
// or an experiment changed, now and then anyway, and sooner after something failed. Reports the process alive from the start and in between.

export interface KeepCurrentOptions {
  readonly store: ModelStore;
  readonly connectionString: string;
  /** Of the registry's connection, what else is listened to. */
  readonly otherChannels?: Channels;
  readonly logger: Logger;
  /** Default 300 s. */
  readonly reconcileMs?: number;
  /** Well within the 15 s for which a report counts. Default 5 s. */
  readonly heartbeatMs?: number;
  /** How long the start waits for PostgreSQL before it serves the local copy. Default 3 s. */
  readonly startMs?: number;
  /** Called once, as soon as the store knows its models. */
  readonly onKnown: () => void;
}

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

/** Returns when the first attempt to load is done, from the registry or else from the local copy. */
export async function keepModelsCurrent(options: KeepCurrentOptions): Promise<{ close(): Promise<void> }> {
  const { store, logger, onKnown } = options;
  const reconcileMs = options.reconcileMs ?? 300_000;
  const stopping = new AbortController();
  let poke = new AbortController();
  let told = false;
  const tellOnce = (): void => {
    if (told || !store.known()) return;
    told = true;
    onKnown();
  };

  // Before anything is loaded: who promotes now waits for this process too.
  let beating: Promise<void> | null = null;
  const beat = (): void => {
    beating ??= store
      .report()
      .catch((error: unknown) => logger.debug({ err: error }, 'The process could not be reported alive.'))
      .finally(() => {
        beating = null;
      });
  };
  beat();
  const heartbeat = setInterval(beat, options.heartbeatMs ?? 5000);

  const first = store.reconcile();
  const inTime = await Promise.race([first, sleep(options.startMs ?? 3000, 'registryAway' as const)]);
  if (inTime === 'registryAway') {
    logger.warn({}, 'PostgreSQL does not answer; the local copy is served until it does.');
    // Behind the first reconcile where that is still under way: it may hang as long as a connection attempt takes.
    await Promise.race([store.startFromLocalCopy(), sleep(options.startMs ?? 3000)]);
  }
  tellOnce();

  const current = (async () => {
    let retryMs = FIRST_RETRY_MS;
    let result = await first;
    for (;;) {
      tellOnce();
      retryMs = result === 'done' ? FIRST_RETRY_MS : Math.min(2 * retryMs, LONGEST_RETRY_MS);
      const { signal } = poke;
      if (stopping.signal.aborted) return;
      await sleep(result === 'done' ? reconcileMs : Math.min(retryMs, reconcileMs), undefined, {
        signal,
      }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      poke = new AbortController();
      result = await store.reconcile();
    }
  })();
  const wake = (): void => poke.abort();
  const watch = watchChannels({
    connectionString: options.connectionString,
    applicationName: 'holdfast-inference-watch',
    channels: { holdfast_alias: wake, holdfast_experiment: wake, ...options.otherChannels },
    onAway: error => logger.warn({ err: error }, 'PostgreSQL is away; what is loaded is served.'),
    onBack: () => logger.info({}, 'PostgreSQL is back; promotions and experiments are heard again.'),
  });

  return {
    close: async () => {
      clearInterval(heartbeat);
      stopping.abort();
      poke.abort();
      await Promise.all([watch.close(), current, beating]);
    },
  };
}
