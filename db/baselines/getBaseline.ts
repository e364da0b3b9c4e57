import type { Database } from '../Database.ts';
import { DatasetVersionEntity } from '../entities/DatasetVersionEntity.ts';
import { datasetDetails, toDatasetVersion } from '../datasets/toDatasetVersion.ts';
import { DriftBaselineEntity } from '../entities/DriftBaselineEntity.ts';
import type { ModelVersion } from '../models/ModelVersion.ts';
import type { Baseline } from './Baseline.ts';

/** The dataset that was set last for a version, else the one that it was trained on. */
export const getBaseline = (
  database: Database,
  { model, version, dataset }: Pick<ModelVersion, 'model' | 'version' | 'dataset'>,
): Promise<Baseline> =>
  database.read(async manager => {
    const set = await manager.findOne(
      DriftBaselineEntity,
      { model, version },
      { orderBy: { revision: 'desc' } },
    );
    const row = await manager.findOneOrFail(
      DatasetVersionEntity,
      { id: set?.datasetVersionId ?? dataset.id },
      { populate: datasetDetails },
    );
    return {
      model,
      version,
      dataset: toDatasetVersion(row),
      chosen: set && { actor: set.actor, reason: set.reason, at: set.at },
    };
  });
