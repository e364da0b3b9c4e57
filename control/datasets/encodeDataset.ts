import type { DatasetSummary, DatasetVersion } from '../../db/datasets/DatasetVersion.ts';
import { Dataset } from '../../proto/gen/holdfast/v1/dataset.ts';

/** A dataset version as the message of the API; from a list, without schema, profile and violations. */
export const encodeDataset = (dataset: DatasetSummary | DatasetVersion): Dataset =>
  Dataset.fromPartial({
    model: dataset.model,
    version: dataset.version,
    digest: dataset.digest,
    source: dataset.source,
    sourceRows: dataset.sourceRows,
    rows: dataset.rows,
    quarantined: dataset.quarantined,
    quarantineFile: dataset.quarantineFile ?? '',
    createTime: dataset.createdAt,
    ...('profile' in dataset && {
      schema: dataset.schema,
      profile: dataset.profile,
      violations: [...dataset.violations],
    }),
  });
