import type { ActivityOptions } from '@temporalio/workflow';

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
