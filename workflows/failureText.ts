import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { type ErrorCode, isErrorCode } from '../platform/HoldfastError.ts';

/** The innermost message of a Temporal failure: what the activity said, without the wrappers around it. */
export function failureText(error: unknown): string {
  let inner = error;
  while (inner instanceof TemporalFailure && inner.cause !== undefined) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}

/** The code of the one table that an activity gave the failure; null where it has none. */
export function failureCode(error: unknown): ErrorCode | null {
  for (let inner = error; inner instanceof TemporalFailure; inner = inner.cause)
    if (inner instanceof ApplicationFailure && isErrorCode(inner.type)) return inner.type;
  return null;
}
