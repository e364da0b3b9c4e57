import { rm } from 'node:fs/promises';
import { finishRun, type RunEnd } from '../../db/runs/finishRun.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { runFolder } from '../foreign/exchangeFolder.ts';

/** Closes the run's row, removes what it left trainers that are not ours, which is customers' data, and has the reports made of what it registered. A run whose input was refused has none: then Temporal alone has the failure. */
export const createEndRun =
  ({ database, home, track, report }: Pick<ActivityPorts, 'database' | 'home' | 'track' | 'report'>) =>
  async (end: RunEnd): Promise<void> => {
    await rm(runFolder(home, end.id), { recursive: true, force: true });
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
