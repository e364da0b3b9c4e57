import {
  type ActivityExecuteInput,
  type ActivityInboundCallsInterceptor,
  type Next,
} from '@temporalio/worker';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { errorCodes, HoldfastError } from '../../platform/HoldfastError.ts';

const attemptsOfUnknownErrors = 5;

/**
 * Says to Temporal which errors are worth another attempt: a HoldfastError by its code's entry in the one error table; an
 * error nobody foresaw a few times only, since it is our fault and would come back forever.
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
          nonRetryable: !errorCodes[error.code].retryable,
          details: [{ violations: error.violations }],
          cause: error,
        });
      throw ApplicationFailure.create({
        message: error instanceof Error ? error.message : String(error),
        type: 'unforeseen',
        nonRetryable: activityInfo().attempt >= attemptsOfUnknownErrors,
        cause: error instanceof Error ? error : undefined,
      });
    }
  }
}
