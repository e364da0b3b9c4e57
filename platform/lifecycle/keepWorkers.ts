import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../observability/createLogger.ts';
import { HoldfastError } from '../HoldfastError.ts';
import type { ChildMessage } from './ChildMessage.ts';
import type { RunningProcess } from './runProcess.ts';

// One of our servers as several processes that share its port: each accepts connections itself, the first process accepts
// none. (Where it hands them out, as Node does by default, one that it gives to a process just killed is never answered, nor
// closed.) Each of them runs the same file, reports itself and drains like a process of its own. One that
// ends is replaced, and SIGHUP replaces them all, one after the other, each only when its successor serves.

export interface KeepWorkersOptions {
  readonly count: number;
  readonly logger: Logger;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Serving for so long makes earlier crashes forgotten. */
const STEADY_MS = 60_000;

/** Whether this process is one of the several, and not the one that keeps them. */
export const isWorker = (): boolean => cluster.isWorker;

/**
 * Answers when all of them serve.
 * @throws HoldfastError with the last words of the first one that does not start; none is left running then
 */
export async function keepWorkers({ count, logger }: KeepWorkersOptions): Promise<RunningProcess> {
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const running = new Set<Worker>();
  const stopping = new AbortController();
  let crashes = 0;

  /** Settles when it serves. */
  async function start(): Promise<Worker> {
    const begun = Date.now();
    const worker = cluster.fork();
    running.add(worker);
    worker.once('exit', (code, signal) => {
      running.delete(worker);
      // One that was told to end, or never served, is its starter's affair.
      if (!served.has(worker) || leaving.has(worker) || stopping.signal.aborted) return;
      crashes = Date.now() - begun > STEADY_MS ? 1 : crashes + 1;
      logger.error({ pid: worker.process.pid, code, signal }, 'One of the processes ended and is replaced.');
      void replace();
    });
    await whenServing(worker);
    served.add(worker);
    logger.info({ pid: worker.process.pid }, 'One of the processes serves.');
    return worker;
  }
  const served = new WeakSet<Worker>();
  const leaving = new WeakSet<Worker>();

  /** Tries until it is done: the others serve meanwhile. */
  async function replace(): Promise<void> {
    while (!stopping.signal.aborted) {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, crashes - 1), LONGEST_PAUSE_MS);
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        await start();
        return;
      } catch (error) {
        crashes++;
        logger.error({ err: error }, 'A process that was to replace another does not start.');
      }
    }
  }

  async function end(worker: Worker): Promise<void> {
    leaving.add(worker);
    if (worker.isDead()) return;
    const gone = once(worker, 'exit');
    worker.process.kill('SIGTERM');
    await gone;
  }

  let restarting: Promise<void> = Promise.resolve();
  const restartAll = async (): Promise<void> => {
    logger.info({ count: running.size }, 'The processes are replaced one by one.');
    // As they are now: their successors join the set meanwhile.
    const before = [...running];
    for (const old of before) {
      if (stopping.signal.aborted) return;
      await start();
      await end(old);
    }
  };
  const onHangup = (): void => {
    restarting = restarting.then(restartAll).catch((error: unknown) => {
      logger.error({ err: error }, 'The processes could not all be replaced; the old ones stay.');
    });
  };

  const close = async (): Promise<void> => {
    stopping.abort();
    process.off('SIGHUP', onHangup);
    await Promise.all([...running].map(end));
  };
  try {
    await Promise.all(Array.from({ length: count }, start));
  } catch (error) {
    await close();
    throw error;
  }
  process.on('SIGHUP', onHangup);
  return { info: { processes: count }, close };
}

function whenServing(worker: Worker): Promise<void> {
  return new Promise((ready, fail) => {
    worker.on('message', (message: ChildMessage) => {
      if ('ready' in message) ready();
      else if ('failed' in message)
        fail(new HoldfastError(message.retryable ? 'unavailable' : 'failedPrecondition', message.failed));
    });
    worker.once('exit', (code, signal) =>
      fail(new HoldfastError('internal', `A process ended (${signal ?? `code ${code}`}) before it served.`)),
    );
  });
}
