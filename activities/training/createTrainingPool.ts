import { Piscina } from 'piscina';
import type {
  BlendResult,
  BlendTask,
  FinalResult,
  FinalTask,
  FoldResult,
  FoldTask,
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

/** Aborting a task's signal terminates its thread, whatever the kernel is doing; another takes its place. */
export function createTrainingPool(threads: number): TrainingPool {
  const pool = new Piscina<TrainingTask, TrainingResult>({
    filename: new URL('./trainingThread.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 30_000,
    // A thread of the pool must not take what the worker's own command line asked for (an inspector's port, a loader).
    execArgv: [],
  });
  return {
    fold: async (task, signal) => {
      const result = await pool.run(task, { signal });
      if (result.kind !== 'fold') throw new TypeError(`a fold's task answered ${result.kind}`);
      return result;
    },
    final: async (task, signal) => {
      const result = await pool.run(task, { signal });
      if (result.kind !== 'final') throw new TypeError(`a final task answered ${result.kind}`);
      return result;
    },
    blend: async (task, signal) => {
      const result = await pool.run(task, { signal });
      if (result.kind !== 'blend') throw new TypeError(`a blend's task answered ${result.kind}`);
      return result;
    },
    close: () => pool.destroy(),
  };
}
