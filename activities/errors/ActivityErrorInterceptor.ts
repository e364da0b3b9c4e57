import {
  type ActivityExecuteInput,
  type ActivityInboundCallsInterceptor,
  type Next,
} from '@temporalio/worker';
import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import { activityInfo } from '@temporalio/activity';
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
      if (error instanceof TemporalFailure || error instanceof CancelledFailure) throw error;
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
