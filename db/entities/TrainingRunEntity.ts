import { defineEntity, p } from '@mikro-orm/core';
import { type RunResult, runKinds, runStatuses } from '../runs/Run.ts';
import { DatasetVersionEntity } from './DatasetVersionEntity.ts';

/** Table training_run. Changes until it ended, then never. */
export const TrainingRunEntity = defineEntity({
  name: 'TrainingRun',
  tableName: 'training_run',
  properties: {
    id: p.text().primary(),
    workflowId: p.text(),
    model: p.text(),
    kind: p.enum(runKinds),
    trigger: p.text(),
    status: p.enum(runStatuses).default('running'),
    stage: p.text().default(''),
    error: p.text().nullable(),
    errorCode: p.text().nullable(),
    input: p.json<Readonly<Record<string, unknown>>>().columnType('json'),
    /** Long, so only read where a question names it. */
    definition: p.json<Readonly<Record<string, unknown>>>().columnType('json').lazy(),
    definitionDigest: p.text(),
    seed: p.bigint('number'),
    datasetVersion: () => p.manyToOne(DatasetVersionEntity).fieldName('dataset_version_id').nullable(),
    result: p.json<RunResult>().columnType('json').nullable(),
    startedAt: p.datetime(3).defaultRaw('now()'),
    finishedAt: p.datetime(3).nullable(),
  },
});
