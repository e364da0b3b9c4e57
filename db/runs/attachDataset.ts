import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import { TrainingRunEntity } from '../entities/TrainingRunEntity.ts';
import { findRun } from './findRun.ts';
import { noSuchRun } from './noSuchRun.ts';

/**
 * Records which dataset version a run works on; saying the same again is harmless.
 * @param datasetVersionId the `id` of a version of the same model
 * @throws HoldfastError notFound; failedPrecondition where the run ended, or works on another dataset
 */
export const attachDataset = (database: Database, id: string, datasetVersionId: number): Promise<void> =>
  database.write(async manager => {
    const changed = await manager.nativeUpdate(
      TrainingRunEntity,
      { id, status: 'running', datasetVersion: null },
      { datasetVersion: datasetVersionId },
    );
    if (changed === 1) return;
    const run = await findRun(manager, id);
    if (!run) throw noSuchRun(id);
    if (run.dataset?.id === datasetVersionId) return;
    throw new HoldfastError(
      'failedPrecondition',
      run.dataset
        ? `Run ${id} already works on dataset version ${run.dataset.version} of ${run.model}; a run has one dataset. Start another run.`
        : `Run ${id} has ${run.status} and takes no dataset any more. Start another run.`,
    );
  });
