import { errorCodes, HoldfastError } from '../platform/HoldfastError.ts';

/** An error with the HTTP status to answer it with, where that is finer than the code's own. */
export interface HttpFault {
  readonly error: HoldfastError;
  readonly status?: number;
}

/** What a request failed with, in our words: Fastify's own errors carry a status, everything else is a fault of ours. */
export function toHoldfastError(cause: unknown, bodyLimitBytes: number): HttpFault {
  const status = statusOf(cause);
  if (cause instanceof HoldfastError) return { error: cause, ...(status === undefined ? {} : { status }) };
  if (status === undefined || status < 400 || status >= 500 || !(cause instanceof Error))
    return {
      error: new HoldfastError('internal', 'The gateway failed unexpectedly; its log holds the cause.', {
        cause,
      }),
    };
  if (status === errorCodes.tooLarge.http)
    return {
      error: new HoldfastError(
        'tooLarge',
        `The body is larger than ${bodyLimitBytes} bytes; send fewer instances a call.`,
        { cause },
      ),
    };
  const say = (message: string): HttpFault => ({
    error: new HoldfastError('invalidArgument', message, { cause }),
    status,
  });
  if (status === 415) return say('Send the request as JSON, with the header content-type: application/json.');
  return say(`The request cannot be read: ${cause.message}.`);
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
