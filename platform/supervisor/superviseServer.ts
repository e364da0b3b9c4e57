import { setTimeout as sleep } from 'node:timers/promises';
import { signalProcess } from '../lifecycle/signalProcess.ts';
import { forgetProcess, recordProcess, runningRecords } from './processRecords.ts';

// PostgreSQL or Temporal, kept running: where it ends by itself it is started again on the same data and the same port, and
// our processes, which all reconnect, do not have to know.

/** What both servers' start functions answer. */
export interface Server {
  readonly pid: number;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

export interface SupervisedServer<T extends Server> {
  /** As it was started first; address and port stay the same over restarts. */
  readonly first: T;
  stop(): Promise<void>;
  /** Ends it now; its next start recovers. */
  kill(): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** @throws whatever the first start throws; later ones are tried again, with a warning, until they succeed */
export async function superviseServer<T extends Server>(
  { name, runFolder }: { name: string; runFolder: string },
  start: (signal: AbortSignal, onSpawn: (pid: number) => void) => Promise<T>,
  warn: (line: string) => void,
  signal: AbortSignal,
): Promise<SupervisedServer<T>> {
  const stopping = new AbortController();
  const stopSignal = stopping.signal;
  const record = (pid: number): void => {
    try {
      recordProcess(runFolder, name, pid);
    } catch (error) {
      signalProcess(pid, 'SIGKILL'); // Nobody would find it again: the disk is full.
      throw error;
    }
  };
  const startRecorded = async (give: AbortSignal): Promise<T> => {
    try {
      return await start(give, record);
    } catch (error) {
      forgetProcess(runFolder, name); // A start that fails has stopped what it started.
      throw error;
    }
  };
  const first = await startRecorded(signal);
  let current = first;

  const restart = async (): Promise<boolean> => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        await sleep(pauseMs, undefined, { signal: stopSignal });
        current = await startRecorded(stopSignal);
        return true;
      } catch (error) {
        if (stopSignal.aborted) return false;
        warn(`${name} could not be started again: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };

  const keepRunning = async (): Promise<void> => {
    do {
      await current.exited;
      if (stopSignal.aborted) return;
      forgetProcess(runFolder, name);
      warn(`${name} ended unexpectedly and is started again`);
    } while (await restart());
  };

  const done = keepRunning();
  done.catch((error: unknown) => warn(`${name} is no longer watched: ${String(error)}`));
  return {
    first,
    stop: async () => {
      stopping.abort();
      await current.stop();
      await done;
      await current.stop(); // A restart may have been under way.
      forgetProcess(runFolder, name);
    },
    kill: () => {
      stopping.abort();
      const running = runningRecords(runFolder).find(record => record.name === name);
      if (running !== undefined) signalProcess(running.pid, 'SIGKILL');
    },
  };
}
