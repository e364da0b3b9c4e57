import { errorCodes, type HoldfastError } from '../platform/HoldfastError.ts';

/** google.rpc.Status as JSON, inside `error` as Google's REST services answer it. The cause is never sent. */
export const toErrorBody = (error: HoldfastError) => ({
  error: {
    code: errorCodes[error.code].grpc,
    status: error.code.replace(/[A-Z]/g, '_$&').toUpperCase(),
    message: error.message,
    ...(error.violations.length === 0
      ? {}
      : {
          details: [
            { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: error.violations },
          ],
        }),
  },
});
