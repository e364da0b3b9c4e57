import type { InferEntity, Loaded } from '@mikro-orm/core';
import type { TrainingRunEntity } from '../entities/TrainingRunEntity.ts';
import type { Run, RunSummary } from './Run.ts';

type Row = InferEntity<typeof TrainingRunEntity>;

type LoadedRow = Loaded<Row, 'datasetVersion'>;

export function toRunSummary(row: LoadedRow): RunSummary {
  const dataset = row.datasetVersion;
  return {
    id: row.id,
    workflowId: row.workflowId,
    model: row.model,
    kind: row.kind,
    trigger: row.trigger,
    status: row.status,
    stage: row.stage,
    error: row.error ?? null,
    errorCode: row.errorCode ?? null,
    input: row.input,
    definitionDigest: row.definitionDigest,
    seed: row.seed,
    dataset: dataset
      ? {
          id: dataset.id,
          version: dataset.version,
          digest: dataset.digest,
          rows: dataset.rows,
          quarantined: dataset.quarantined,
        }
      : null,
    result: row.result ?? null,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt ?? null,
  };
}

/** @param row with its definition populated */
export const toRun = (row: LoadedRow): Run => ({ ...toRunSummary(row), definition: row.definition });
