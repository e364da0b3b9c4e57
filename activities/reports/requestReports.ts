import { getClient } from '@temporalio/activity';
import { WorkflowIdConflictPolicy } from '@temporalio/common';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { type ReportVersionsInput, TASK_QUEUE } from '../../platform/workflowContract.ts';

/** Starts the making of the model's missing reports, as a workflow of its own: the run that asks, from an activity, ends at once. */
export async function requestReports({
  id,
  model,
}: {
  readonly id: string;
  readonly model: string;
}): Promise<void> {
  const input: ReportVersionsInput = { model };
  try {
    await getClient().workflow.start('reportVersions', {
      taskQueue: TASK_QUEUE,
      workflowId: `report-${id}`,
      args: [input],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    });
  } catch (cause) {
    throw new HoldfastError('unavailable', `Temporal did not take the request to report run ${id}.`, {
      cause,
    });
  }
}
