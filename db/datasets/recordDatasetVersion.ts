import type { Database } from '../Database.ts';
import { DatasetVersionEntity } from '../entities/DatasetVersionEntity.ts';
import { lockName } from '../lockName.ts';
import { storableJson, storableText } from '../storable.ts';
import type { DatasetVersion } from './DatasetVersion.ts';
import { datasetDetails, toDatasetVersion } from './toDatasetVersion.ts';

export interface NewDatasetVersion
  extends Omit<DatasetVersion, 'id' | 'version' | 'createdAt' | 'schema' | 'profile'> {
  readonly schema: object;
  readonly profile: object;
}

/**
 * Records what was ingested and gives it the model's next number. The same bytes under the same schema are one version:
 * where they are there already, that version is answered as it was recorded.
 */
export const recordDatasetVersion = (
  database: Database,
  dataset: NewDatasetVersion,
): Promise<DatasetVersion> =>
  database.write(async manager => {
    const { model, digest, schemaDigest } = dataset;
    await lockName(manager, `dataset versions of ${model}`);
    const existing = await manager.findOne(
      DatasetVersionEntity,
      { model, digest, schemaDigest },
      { populate: datasetDetails },
    );
    if (existing) return toDatasetVersion(existing);
    const newest = await manager.findOne(
      DatasetVersionEntity,
      { model },
      { orderBy: { version: 'desc' }, fields: ['version'] },
    );
    const id = await manager.insert(DatasetVersionEntity, {
      model,
      version: (newest?.version ?? 0) + 1,
      digest,
      schemaDigest,
      tableDigest: dataset.tableDigest,
      sourceArtifact: dataset.sourceArtifact,
      source: storableText(dataset.source),
      sourceRows: dataset.sourceRows,
      rows: dataset.rows,
      quarantined: dataset.quarantined,
      quarantineFile: dataset.quarantineFile,
      schema: storableJson({ ...dataset.schema }),
      profile: storableJson({ ...dataset.profile }),
      violations: storableJson(dataset.violations),
    });
    return toDatasetVersion(
      await manager.findOneOrFail(DatasetVersionEntity, { id }, { populate: datasetDetails }),
    );
  });
