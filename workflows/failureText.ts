import { TemporalFailure } from '@temporalio/common';

/** The innermost message of a Temporal failure: what the activity said, without the wrappers around it. */
export function failureText(error: unknown): string {
  let inner = error;
  while (inner instanceof TemporalFailure && inner.cause !== undefined) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}
