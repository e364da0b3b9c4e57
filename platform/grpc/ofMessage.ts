import { HoldfastError } from '../HoldfastError.ts';

/** What is wrong with one message of a stream of requests, told with its number: the first is 1. What else was thrown stays as it is. */
export const ofMessage = (number: number, error: unknown): unknown =>
  error instanceof HoldfastError
    ? new HoldfastError(error.code, `Message ${number} of the stream: ${error.message}`, {
        cause: error.cause,
        violations: error.violations,
        ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      })
    : error;
