import { randomBytes } from 'node:crypto';
import { WorkflowIdConflictPolicy } from '@temporalio/common';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { TASK_QUEUE } from '../../platform/workflowContract.ts';
import type { Run } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { readRunOf } from './readRun.ts';

interface NewRun {
  readonly kind: keyof typeof verbs;
  readonly model: string;
  /** Empty: a new one. */
  readonly workflowId: string;
  readonly input: object;
}

/** How a new workflow's id begins. */
const verbs = { trainModel: 'train', ingestDataset: 'ingest' } as const;

/**
 * Starts a run's workflow, or answers the run of that kind and model that is under way by the given workflow id.
 * @throws HoldfastError conflict (the workflow id is taken by something else), unavailable where Temporal does not answer
 */
export async function startRun(
  ports: ControlPorts,
  { kind, model, workflowId, input }: NewRun,
): Promise<Run> {
  const id = workflowId || newWorkflowId(verbs[kind], model);
  const runId = await ports.temporal.ask(async client => {
    const handle = await client.workflow.start(kind, {
      taskQueue: TASK_QUEUE,
      workflowId: id,
      args: [input],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    });
    const { type, runId, raw } = await handle.describe();
    if (type !== kind)
      throw new HoldfastError(
        'conflict',
        `The workflow id ${id} belongs to a ${type} that is running. Choose another --workflow-id.`,
      );
    return raw.workflowExecutionInfo?.firstRunId || runId;
  });
  const run = await readRunOf(ports, id, runId);
  if (run.model !== model)
    throw new HoldfastError(
      'conflict',
      `The workflow id ${id} belongs to a run of ${run.model} that is under way, not of ${model}. Choose another --workflow-id.`,
    );
  return run;
}

/** `train-churn-20261123-164201-5f3a`: sorts by time, says what it is, and does not clash. */
function newWorkflowId(verb: string, model: string): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${verb}-${model}-${time}-${randomBytes(2).toString('hex')}`;
}
