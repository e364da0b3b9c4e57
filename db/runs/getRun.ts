import type { Database } from '../Database.ts';
import { TrainingRunEntity } from '../entities/TrainingRunEntity.ts';
import { findRun } from './findRun.ts';
import { noSuchRun } from './noSuchRun.ts';
import type { Run } from './Run.ts';

/**
 * A run by its id, else the newest run of the workflow id.
 * @throws HoldfastError notFound
 */
export const getRun = (database: Database, idOrWorkflowId: string): Promise<Run> =>
  database.read(async manager => {
    const run = await findRun(manager, idOrWorkflowId);
    if (run) return run;
    const newest = await manager.findOne(
      TrainingRunEntity,
      { workflowId: idOrWorkflowId },
      { fields: ['id'], orderBy: { startedAt: 'desc', id: 'desc' } },
    );
    const found = newest && (await findRun(manager, newest.id));
    if (!found) throw noSuchRun(idOrWorkflowId);
    return found;
  });
