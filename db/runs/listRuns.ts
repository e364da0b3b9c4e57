import type { Database } from '../Database.ts';
import { TrainingRunEntity } from '../entities/TrainingRunEntity.ts';
import type { RunStatus, RunSummary } from './Run.ts';
import { toRunSummary } from './toRun.ts';

export interface RunFilter {
  readonly model?: string;
  readonly status?: RunStatus;
  /** At most so many; default 50. */
  readonly limit?: number;
}

/** Newest first. */
export const listRuns = (database: Database, filter: RunFilter = {}): Promise<RunSummary[]> =>
  database.read(async manager => {
    const { model, status, limit = 50 } = filter;
    const rows = await manager.find(
      TrainingRunEntity,
      { ...(model && { model }), ...(status && { status }) },
      {
        populate: ['datasetVersion'],
        orderBy: { startedAt: 'desc', id: 'desc' },
        limit,
      },
    );
    return rows.map(toRunSummary);
  });
