import type { ActivityOptions } from '@temporalio/workflow';
import { TRACKING_TASK_QUEUE } from '../platform/workflowContract.ts';

// Timeouts and retries, by the kind of work. Attempts are unlimited on purpose: a dead worker or a database that is away
// ends some day, and what is wrong in itself is marked non-retryable where it is thrown (activities/errors).

const retry = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '15s' } as const;

/** One question to the registry, or one file to check. */
export const QUICK = { startToCloseTimeout: '60s', retry } as const satisfies ActivityOptions;

/** Reading and validating a table: long for large ones, so it heartbeats. */
export const DATA_BOUND = {
  startToCloseTimeout: '2h',
  heartbeatTimeout: '15s',
  retry,
} as const satisfies ActivityOptions;

/** Training: hours at most, and the next attempt goes on from the last heartbeat. */
export const CPU_BOUND = {
  startToCloseTimeout: '12h',
  heartbeatTimeout: '10s',
  retry,
} as const satisfies ActivityOptions;

/** Waiting for other processes to report. */
export const WAITING = {
  startToCloseTimeout: '2m',
  heartbeatTimeout: '10s',
  retry,
} as const satisfies ActivityOptions;

/** Talking to MLflow, which may be away for days: then somebody has to look at it, and the failed workflow says so. */
export const TRACKING = {
  taskQueue: TRACKING_TASK_QUEUE,
  startToCloseTimeout: '1h',
  heartbeatTimeout: '15s',
  scheduleToCloseTimeout: '7d',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
} as const satisfies ActivityOptions;
