import {
  type ActivityExecuteInput,
  type ActivityInboundCallsInterceptor,
  type Next,
} from '@temporalio/worker';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { type ErrorCode, errorCodes, HoldfastError } from '../../platform/HoldfastError.ts';

/** Codes that the error table calls retryable, meaning by whoever asked: inside a run the same attempt would meet them again
 * (somebody else moved the alias) or wait unseen (the disk is full). */
const finalInside: ReadonlySet<ErrorCode> = new Set(['conflict', 'resourceExhausted']);

/** The system's or Node's own errors (ECONNRESET, a thread that ran out of memory) may pass; this many times is enough, the
 * attempts that a killed worker leaves behind included. */
const attemptsOfSystemErrors = 40;

/**
 * Says to Temporal which errors are worth another attempt: a HoldfastError by its code's entry in the one error table, an error
 * of the system for a while. Any other is a fault in our code or the data and would come back for ever.
 */
export class ActivityErrorInterceptor implements ActivityInboundCallsInterceptor {
  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      // What was interrupted fails in many ways (an aborted thread, a closed socket); all of them are the cancellation.
      const { aborted, reason } = cancellationSignal();
      if (aborted) throw reason;
      if (error instanceof TemporalFailure) throw error;
      if (error instanceof HoldfastError)
        throw ApplicationFailure.create({
          message: error.message,
          type: error.code,
          nonRetryable: !errorCodes[error.code].retryable || finalInside.has(error.code),
          details: [{ violations: error.violations }],
          cause: error,
        });
      throw ApplicationFailure.create({
        message: error instanceof Error ? error.message : String(error),
        type: 'unforeseen',
        nonRetryable: !isSystemError(error) || activityInfo().attempt >= attemptsOfSystemErrors,
        cause: error instanceof Error ? error : undefined,
      });
    }
  }
}

const isSystemError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';
