import { defineEntity, p } from '@mikro-orm/core';
import type { DatasetViolation } from '../datasets/DatasetVersion.ts';

/** Table dataset_version. Rows are inserted once and never change. */
export const DatasetVersionEntity = defineEntity({
  name: 'DatasetVersion',
  tableName: 'dataset_version',
  properties: {
    id: p.integer().primary().autoincrement(),
    model: p.text(),
    version: p.integer(),
    digest: p.text(),
    schemaDigest: p.text(),
    tableDigest: p.text(),
    sourceArtifact: p.text(),
    source: p.text(),
    sourceRows: p.integer(),
    rows: p.integer(),
    quarantined: p.integer(),
    quarantineFile: p.text().nullable(),
    // Long, so only read where a question names them.
    schema: p.json<Readonly<Record<string, unknown>>>().columnType('json').lazy(),
    profile: p.json<Readonly<Record<string, unknown>>>().columnType('json').lazy(),
    violations: p.json<readonly DatasetViolation[]>().columnType('json').lazy(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
});
