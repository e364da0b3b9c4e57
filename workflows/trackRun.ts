import { defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { TrackingActivities } from '../activities/tracking/createTrackingActivities.ts';
import { RUN_CHANGED, type TrackRunInput } from '../platform/workflowContract.ts';
import { TRACKING } from './activityOptions.ts';

const { mirrorRun } = proxyActivities<TrackingActivities>(TRACKING);

/**
 * Shows a training run in MLflow as the registry has it, and once more where the registry changed meanwhile. Nobody waits for
 * it: MLflow may be away for days.
 */
export async function trackRun(input: TrackRunInput): Promise<void> {
  let changes = 1;
  setHandler(defineSignal(RUN_CHANGED), () => {
    changes++;
  });
  while (changes > 0) {
    changes = 0;
    await mirrorRun(input);
  }
}
