import { errorCodes, type HoldfastError } from '../platform/HoldfastError.ts';
import { ERROR_DOMAIN, reasonOf } from '../platform/grpc/toStatus.ts';

/**
 * google.rpc.Status as JSON, inside `error` as Google's REST services answer it; its details are those of the gRPC answer. The
 * cause is never sent.
 */
export function toErrorBody({ code, message, violations, retryAfterMs }: HoldfastError) {
  const reason = reasonOf(code);
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: ERROR_DOMAIN };
  const badRequest = {
    '@type': 'type.googleapis.com/google.rpc.BadRequest',
    fieldViolations: violations,
  };
  const retryInfo = {
    '@type': 'type.googleapis.com/google.rpc.RetryInfo',
    retryDelay: `${((retryAfterMs ?? 0) / 1000).toFixed(3)}s`,
  };
  return {
    error: {
      code: errorCodes[code].grpc,
      status: statusNames[code] ?? reason,
      message,
      details: [
        info,
        ...(violations.length === 0 ? [] : [badRequest]),
        ...(retryAfterMs === undefined ? [] : [retryInfo]),
      ],
    },
  };
}

/** Where our word for a code is not the protocol's name of its number. */
const statusNames: Partial<Record<HoldfastError['code'], string>> = {
  conflict: 'ABORTED',
  tooLarge: 'RESOURCE_EXHAUSTED',
};
