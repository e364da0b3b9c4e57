import { ApplicationFailure, TemporalFailure } from '@temporalio/common';

/** Whether an activity, here or in a child workflow, found that somebody else had moved what it was to move. */
export function isConflict(error: unknown): boolean {
  let inner = error;
  while (inner instanceof TemporalFailure) {
    if (inner instanceof ApplicationFailure && inner.type === 'conflict') return true;
    inner = inner.cause;
  }
  return false;
}
