import type { InferEntity } from '@mikro-orm/core';
import type { DatasetVersionEntity } from '../entities/DatasetVersionEntity.ts';
import type { DatasetSummary, DatasetVersion } from './DatasetVersion.ts';

type Row = InferEntity<typeof DatasetVersionEntity>;

/** What toDatasetVersion needs besides what is always read. */
export const datasetDetails = ['schema', 'profile', 'violations'] as const;

export const toDatasetSummary = (row: Row): DatasetSummary => ({
  id: row.id,
  model: row.model,
  version: row.version,
  digest: row.digest,
  schemaDigest: row.schemaDigest,
  tableDigest: row.tableDigest,
  sourceArtifact: row.sourceArtifact,
  source: row.source,
  sourceRows: row.sourceRows,
  rows: row.rows,
  quarantined: row.quarantined,
  quarantineFile: row.quarantineFile ?? null,
  createdAt: row.createdAt,
});

export const toDatasetVersion = (row: Row): DatasetVersion => ({
  ...toDatasetSummary(row),
  schema: row.schema,
  profile: row.profile,
  violations: row.violations,
});
