import {
  ActivityCancellationType,
  ActivityFailure,
  isCancellation,
  log,
  patched,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Activities } from '../activities/createActivities.ts';
import type { TrainedCandidate } from '../activities/training/trainCandidate.ts';
import { TRAINER_ACTIVITY, type TrainerActivities, trainerActivityId } from '../platform/trainerContract.ts';
import { DATA_BOUND } from './activityOptions.ts';
import { failureText } from './failureText.ts';

/** A trainer of the definition that polls a task queue of its own. */
export interface Elsewhere {
  readonly name: string;
  readonly taskQueue: string;
  readonly startWithinSeconds: number;
}

interface Training {
  readonly runId: string;
  readonly definition: string;
  readonly table: string;
  readonly datasetDigest: string;
}

export type TrainedElsewhere = TrainedCandidate | { readonly leftOut: string };

const { handOver, adoptCandidate } = proxyActivities<Activities>({
  ...DATA_BOUND,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/**
 * Has a candidate trained by somebody else's program. Whatever goes wrong there costs this candidate and no other: it is left
 * out with the reason. Only a cancellation of the run goes through.
 */
export async function trainElsewhere(
  { name: trainer, taskQueue, startWithinSeconds }: Elsewhere,
  { runId, definition, table, datasetDigest }: Training,
): Promise<TrainedElsewhere> {
  const { [TRAINER_ACTIVITY]: trainForHoldfast } = proxyActivities<TrainerActivities>({
    taskQueue,
    // Whoever looks at the run sees by it whom a pending activity waits for.
    ...(patched('trainer-in-activity-id') && { activityId: trainerActivityId(trainer) }),
    scheduleToStartTimeout: `${startWithinSeconds}s`,
    startToCloseTimeout: '12h',
    heartbeatTimeout: '60s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumAttempts: 3 },
  });
  try {
    const request = await handOver({ runId, trainer, definition, table });
    const started = Date.now();
    const answer = await trainForHoldfast(request);
    const seconds = (Date.now() - started) / 1000;
    return await adoptCandidate({ runId, trainer, definition, table, datasetDigest, answer, seconds });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const leftOut = nobodyCame(error)
      ? `nobody took the work from the task queue ${JSON.stringify(taskQueue)} within ${startWithinSeconds} seconds: start the trainer's worker on that queue (docs/trainers.md), then train again`
      : failureText(error);
    log.warn('a candidate is left out', { trainer, taskQueue, leftOut });
    return { leftOut };
  }
}

const nobodyCame = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.activityType === TRAINER_ACTIVITY &&
  error.cause instanceof TimeoutFailure &&
  error.cause.timeoutType === 'SCHEDULE_TO_START';
