import type { Run } from '../../db/runs/Run.ts';
import { flatten } from './flatten.ts';
import type { MirroredRun } from './MirroredRun.ts';

const statuses = {
  running: 'RUNNING',
  succeeded: 'FINISHED',
  failed: 'FAILED',
  cancelled: 'KILLED',
} as const;

/** A training run: how it was asked for, on what, and how it ended. */
export function describeRun(run: Run): MirroredRun {
  // The columns are in the dataset's schema, and many.
  const { columns: _columns, label: _label, title: _title, ...definition } = run.definition;
  return {
    key: run.id,
    name: run.workflowId,
    startedAt: run.startedAt,
    status: statuses[run.status],
    endedAt: run.finishedAt,
    params: { ...flatten(definition), seed: String(run.seed) },
    metrics: run.dataset ? { rows: run.dataset.rows, quarantined: run.dataset.quarantined } : {},
    tags: {
      'holdfast.model': run.model,
      'holdfast.run_id': run.id,
      'holdfast.workflow_id': run.workflowId,
      'holdfast.trigger': run.trigger,
      'holdfast.status': run.status,
      'holdfast.definition_digest': run.definitionDigest,
      ...(run.dataset && {
        'holdfast.dataset_version': String(run.dataset.version),
        'holdfast.dataset_digest': run.dataset.digest,
      }),
      ...(run.result &&
        'championVersion' in run.result && {
          'holdfast.champion_version': String(run.result.championVersion),
          'holdfast.promoted_to': run.result.promotedTo ?? 'nothing: the gate refused it',
        }),
      ...(run.error !== null && { 'holdfast.error': run.error }),
      'mlflow.note.content': run.error ?? run.stage,
    },
  };
}
