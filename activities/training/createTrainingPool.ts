import { Piscina } from 'piscina';
import type {
  BlendResult,
  BlendTask,
  FinalResult,
  FinalTask,
  FoldResult,
  FoldTask,
  TrainingOrder,
  TrainingResult,
  TrainingTask,
} from './TrainingTask.ts';

/** Training threads, off the worker's event loop; the tasks of all candidates queue for them in order. */
export interface TrainingPool {
  fold(task: FoldTask, signal: AbortSignal): Promise<FoldResult>;
  final(task: FinalTask, signal: AbortSignal): Promise<FinalResult>;
  blend(task: BlendTask, signal: AbortSignal): Promise<BlendResult>;
  close(): Promise<void>;
}

/**
 * Aborting a task's signal terminates its thread, whatever the kernel is doing, and its crew with it; another takes its place.
 * Where fewer tasks are under way than there are threads, a task's thread has the others work along: see trainingThread.
 */
export function createTrainingPool(threads: number): TrainingPool {
  const pool = new Piscina<TrainingOrder, TrainingResult>({
    filename: new URL('./trainingThread.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 30_000,
    // A thread of the pool must not take what the worker's own command line asked for (an inspector's port, a loader).
    execArgv: [],
  });
  const underWay = new Int32Array(new SharedArrayBuffer(4));
  const run = async (task: TrainingTask, signal: AbortSignal): Promise<TrainingResult> => {
    Atomics.add(underWay, 0, 1);
    try {
      return await pool.run({ task, threads, underWay }, { signal });
    } finally {
      Atomics.sub(underWay, 0, 1);
    }
  };
  return {
    fold: async (task, signal) => {
      const result = await run(task, signal);
      if (result.kind !== 'fold') throw new TypeError(`a fold's task answered ${result.kind}`);
      return result;
    },
    final: async (task, signal) => {
      const result = await run(task, signal);
      if (result.kind !== 'final') throw new TypeError(`a final task answered ${result.kind}`);
      return result;
    },
    blend: async (task, signal) => {
      const result = await run(task, signal);
      if (result.kind !== 'blend') throw new TypeError(`a blend's task answered ${result.kind}`);
      return result;
    },
    close: () => pool.destroy(),
  };
}
