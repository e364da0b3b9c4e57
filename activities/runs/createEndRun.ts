import { finishRun, type RunEnd } from '../../db/runs/finishRun.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';

/** Closes the run's row, and has the reports made of what it registered. A run whose input was refused has none: then Temporal alone has the failure. */
export const createEndRun =
  ({ database, track, report }: Pick<ActivityPorts, 'database' | 'track' | 'report'>) =>
  async (end: RunEnd): Promise<void> => {
    try {
      const run = await finishRun(database, end);
      // What registers no version has nothing to show there.
      if (run.kind === 'ingestDataset') return;
      await track(run);
      if (end.status === 'succeeded') await report(run);
    } catch (error) {
      if (end.status !== 'succeeded' && error instanceof HoldfastError && error.code === 'notFound') return;
      throw error;
    }
  };
