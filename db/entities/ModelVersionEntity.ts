import { defineEntity, p } from '@mikro-orm/core';
import type { MeanSd, Metrics } from '../../ml/evaluation/Metrics.ts';
import { DatasetVersionEntity } from './DatasetVersionEntity.ts';

/** Table model_version. Rows are inserted once and never change. */
export const ModelVersionEntity = defineEntity({
  name: 'ModelVersion',
  tableName: 'model_version',
  properties: {
    id: p.integer().primary().autoincrement(),
    model: p.text(),
    version: p.integer(),
    runId: p.text(),
    trainer: p.text(),
    digest: p.text(),
    datasetVersion: () => p.manyToOne(DatasetVersionEntity).fieldName('dataset_version_id'),
    definitionDigest: p.text(),
    threshold: p.float().columnType('double precision'),
    metrics: p.json<Metrics>().columnType('json'),
    crossValidation: p.json<Readonly<Record<string, MeanSd>>>().columnType('json'),
    signature: p.json<Readonly<Record<string, unknown>>>().columnType('json'),
    parameters: p.json<Readonly<Record<string, unknown>>>().columnType('json'),
    seconds: p.float().columnType('double precision'),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
});
