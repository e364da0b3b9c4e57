import { CancellationScope, isCancellation, log, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import { QUICK } from './activityOptions.ts';
import { failureCode, failureText } from './failureText.ts';

const { endRun } = proxyActivities<Activities>(QUICK);

/** Records that a run failed or was cancelled; the error itself is the workflow's to throw. */
export async function endEarly(runId: string, error: unknown): Promise<void> {
  const cancelled = isCancellation(error);
  log.warn('the run ended early', { runId, cancelled });
  await CancellationScope.nonCancellable(() =>
    endRun({
      id: runId,
      status: cancelled ? 'cancelled' : 'failed',
      error: cancelled ? 'cancelled on request' : failureText(error),
      errorCode: cancelled ? null : failureCode(error),
    }),
  );
}
