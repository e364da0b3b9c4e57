import { WorkflowNotFoundError } from '@temporalio/client';
import { getRun } from '../../db/runs/getRun.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { readReason } from '../temporal/readReason.ts';

/** How long after its run a report's making may begin. */
const BEGINS_WITHIN_MS = 60_000;

/**
 * Why a version of the run has no report and will not get one by waiting; null where it is still to be made.
 * The registry is read also while Temporal is away: then it may still be.
 */
export async function whyNoReport(
  { database, temporal }: Pick<ControlPorts, 'database' | 'temporal'>,
  runId: string,
): Promise<string | null> {
  const { status, finishedAt } = await getRun(database, runId);
  if (finishedAt === null) return null;
  if (status !== 'succeeded') return `its run ${status === 'failed' ? 'failed' : 'was cancelled'}`;
  const workflowId = `report-${runId}`;
  try {
    const { status: making, runId: of } = await temporal.ask(client =>
      client.workflow.getHandle(workflowId).describe(),
    );
    if (making.name === 'RUNNING' || making.name === 'PAUSED') return null;
    if (making.name === 'COMPLETED') return `the workflow ${workflowId} ended without it`;
    return await readReason(temporal, workflowId, of);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'unavailable') return null;
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return Date.now() - finishedAt.getTime() < BEGINS_WITHIN_MS
      ? null
      : `Temporal knows no workflow ${workflowId} that would make it`;
  }
}
