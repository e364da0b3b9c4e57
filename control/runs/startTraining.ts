import { randomBytes } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { WorkflowIdConflictPolicy } from '@temporalio/common';
import { z } from 'zod';
import { type FieldViolation, HoldfastError } from '../../platform/HoldfastError.ts';
import { TASK_QUEUE, type TrainModelInput, type TrainModelResult } from '../../platform/workflowContract.ts';
import { loadProject } from '../../projects/loadProject.ts';
import type { Run, StartTrainingRequest } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { readRunOf } from './readRun.ts';

const request = z.object({
  data: z
    .string()
    .refine(data => data === '' || isAbsolute(data), 'expected an absolute path that the workers can read'),
  recipe: z.enum(['', 'holdfast', 'original'], 'expected holdfast or original'),
  workflowId: z
    .string()
    .regex(/^[\w.:@/-]{0,200}$/, 'expected at most 200 letters, digits and . _ : @ / - without spaces'),
  trigger: z.string().regex(/^[a-z][a-z0-9-]{0,62}$|^$/, 'expected a lower-case word, as cli or schedule'),
});

/**
 * Starts a training run, or answers the one that runs under the given workflow id.
 * @throws HoldfastError notFound (the model), invalidArgument, conflict (the workflow id is taken by something else),
 *   unavailable where Temporal does not answer
 */
export async function startTraining(ports: ControlPorts, asked: StartTrainingRequest): Promise<Run> {
  const { data, recipe, workflowId, trigger } = checkRequest(asked);
  const model = asked.model || ports.defaultModel;
  // An unknown model, or a definition with a mistake in it, is told before anything starts.
  await loadProject(model);
  const input: TrainModelInput = {
    model,
    trigger: trigger || 'api',
    ...(data !== '' && { data }),
    ...(recipe !== '' && { recipe }),
  };
  const id = workflowId || newWorkflowId(model);
  const runId = await ports.temporal.ask(async client => {
    const handle = await client.workflow.start<(input: TrainModelInput) => Promise<TrainModelResult>>(
      'trainModel',
      {
        taskQueue: TASK_QUEUE,
        workflowId: id,
        args: [input],
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      },
    );
    const { type, runId, raw } = await handle.describe();
    if (type !== 'trainModel')
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

function checkRequest(asked: StartTrainingRequest): z.output<typeof request> {
  const result = request.safeParse(asked);
  if (result.success) return result.data;
  const names: Readonly<Record<string, string>> = { workflowId: 'workflow_id' };
  const violations: FieldViolation[] = result.error.issues.map(({ path, message }) => {
    const key = String(path[0]);
    const value = Reflect.get(asked, key) as unknown;
    return { field: names[key] ?? key, description: `${message}, got ${JSON.stringify(value)}` };
  });
  throw new HoldfastError(
    'invalidArgument',
    `The training run cannot be started: ${violations.map(({ field, description }) => `${field}: ${description}`).join('; ')}.`,
    { violations },
  );
}

/** `train-churn-20261123-164201-5f3a`: sorts by time, says what it is, and does not clash. */
function newWorkflowId(model: string): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `train-${model}-${time}-${randomBytes(2).toString('hex')}`;
}
