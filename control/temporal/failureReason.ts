import { WorkflowFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  TemporalFailure,
} from '@temporalio/common';
import { type ErrorCode, HoldfastError, isErrorCode } from '../../platform/HoldfastError.ts';

// Why a workflow ended without a result, in the words of whoever knows best: the activity that failed, or the operator who
// terminated it.

/** The failure that knows the reason: the first that an activity gave one of our codes, else the innermost. */
function decidingFailure(error: unknown): unknown {
  let inner = error;
  while (inner instanceof WorkflowFailedError || inner instanceof TemporalFailure) {
    if ((inner instanceof ApplicationFailure && isErrorCode(inner.type)) || inner.cause === undefined) break;
    inner = inner.cause;
  }
  return inner;
}

/** The reason as a sentence for the user. */
export function failureReason(error: unknown): string {
  const inner = decidingFailure(error);
  if (inner instanceof TerminatedFailure)
    return `terminated in Temporal${inner.message ? `: ${inner.message}` : ''}`;
  if (inner instanceof TimeoutFailure) return `timed out (${inner.message})`;
  if (inner instanceof CancelledFailure) return 'cancelled on request';
  return inner instanceof Error ? inner.message : String(inner);
}

/** A failed workflow as the error of the call that waited for it: the activity's own code where it gave one. */
export function workflowError(error: unknown, what: string): HoldfastError {
  const inner = decidingFailure(error);
  const code: ErrorCode =
    inner instanceof ApplicationFailure && isErrorCode(inner.type) ? inner.type : 'failedPrecondition';
  return new HoldfastError(code, `${what}: ${failureReason(error)}`, { cause: error });
}
