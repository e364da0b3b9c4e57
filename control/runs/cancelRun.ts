import { WorkflowNotFoundError } from '@temporalio/client';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { type CancelRunRequest, type Run, RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { readRun, readRunOf } from './readRun.ts';

/**
 * Asks a run to stop; its training ends within seconds. Asking again while it stops is harmless.
 * @returns the run as it is when the request was taken.
 * @throws HoldfastError notFound; conflict where it has already ended; unavailable where Temporal does not answer
 */
export async function cancelRun(ports: ControlPorts, request: CancelRunRequest): Promise<Run> {
  const run = await readRun(ports, request.run);
  if (run.status !== RunStatus.RUN_STATUS_RUNNING) throw alreadyEnded(run);
  await ports.temporal.ask(async client => {
    const handle = client.workflow.getHandle(run.workflowId, undefined, { firstExecutionRunId: run.id });
    try {
      await handle.cancel();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError)
        throw alreadyEnded(await readRunOf(ports, run.workflowId, run.id));
      throw error;
    }
  });
  const now = await readRunOf(ports, run.workflowId, run.id);
  return now.status === RunStatus.RUN_STATUS_RUNNING ? { ...now, stage: 'cancelling' } : now;
}

const words: Readonly<Record<number, string>> = {
  [RunStatus.RUN_STATUS_SUCCEEDED]: 'has already succeeded',
  [RunStatus.RUN_STATUS_FAILED]: 'has already failed',
  [RunStatus.RUN_STATUS_CANCELLED]: 'is already cancelled',
};

const alreadyEnded = ({ workflowId, status }: Run): HoldfastError =>
  new HoldfastError(
    'conflict',
    `The run ${workflowId} ${words[status] ?? 'has already ended'}; there is nothing to cancel. \`./holdfast runs show ${workflowId}\` shows how it ended.`,
  );
