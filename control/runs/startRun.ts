import { randomBytes } from 'node:crypto';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { WorkflowIdConflictPolicy } from '@temporalio/common';
import type { Operation } from '../../platform/grpc/Operation.ts';
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
  /** Of a request with an idempotency key: what it started before is what it starts. */
  readonly operation: Operation | undefined;
}

/** How a new workflow's id begins. */
const verbs = { trainModel: 'train', ingestDataset: 'ingest' } as const;

/**
 * Starts a run's workflow, or answers the run of that kind and model that is under way by the given workflow id.
 * @throws HoldfastError conflict (the workflow id is taken by something else), unavailable where Temporal does not answer
 */
export async function startRun(
  ports: ControlPorts,
  { kind, model, workflowId, input, operation }: NewRun,
): Promise<Run> {
  const id = workflowId || newWorkflowId(verbs[kind], model, operation);
  const runId = await ports.temporal.ask(async client => {
    const started = operation?.again === true ? await findStarted(client, id, operation) : null;
    if (started !== null) return started;
    const handle = await client.workflow.start(kind, {
      taskQueue: TASK_QUEUE,
      workflowId: id,
      args: [input],
      ...(operation !== undefined && { memo: { operation: operation.id } }),
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

/** The run of the workflow id that the operation started, also where it has ended; null where it did not come so far. */
async function findStarted(client: Client, workflowId: string, { id }: Operation): Promise<string | null> {
  try {
    const { memo, runId, raw } = await client.workflow.getHandle(workflowId).describe();
    return memo?.operation === id ? raw.workflowExecutionInfo?.firstRunId || runId : null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** `train-churn-20261123-164201-5f3a`: sorts by time, says what it is, and does not clash; the same for one operation. */
function newWorkflowId(verb: string, model: string, operation: Operation | undefined): string {
  const begun = operation?.firstAt ?? new Date();
  const time = begun.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${verb}-${model}-${time}-${operation?.id.slice(0, 8) ?? randomBytes(2).toString('hex')}`;
}
