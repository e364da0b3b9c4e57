import type { Any } from '../../proto/gen/google/protobuf/any.ts';
import { BadRequest, ErrorInfo, RetryInfo } from '../../proto/gen/google/rpc/error_details.ts';
import { Status } from '../../proto/gen/google/rpc/status.ts';
import { type ErrorCode, errorCodes, type FieldViolation, type HoldfastError } from '../HoldfastError.ts';
import type { CallStatus } from './ServerCall.ts';

// A HoldfastError as the trailers of a failed call: the status code, the message and a google.rpc.Status with ErrorInfo,
// BadRequest and RetryInfo. The cause never leaves the process. Clients built on gRPC's C core (Python, Ruby, PHP, C++) refuse trailers
// above 8 KiB, so what is sent is cut to fit and says how much there was.

export const DETAILS_KEY = 'grpc-status-details-bin';
export const ERROR_DOMAIN = 'holdfast';

const MAXIMUM_MESSAGE_BYTES = 1200;
const MAXIMUM_DETAILS_BYTES = 4800;

/** INVALID_ARGUMENT for invalidArgument: the word programs may compare. */
export const reasonOf = (code: ErrorCode): string => code.replace(/[A-Z]/g, '_$&').toUpperCase();

export function toStatus(error: HoldfastError): CallStatus {
  const code = errorCodes[error.code].grpc;
  const details = cut(error.message, MAXIMUM_MESSAGE_BYTES);
  return { code, details, packed: encodeDetails(code, details, error) };
}

function encodeDetails(code: number, message: string, error: HoldfastError): Buffer {
  const total = error.violations.length;
  const encode = (shown: number): Buffer => {
    const info = any(
      'google.rpc.ErrorInfo',
      ErrorInfo.encode({
        reason: reasonOf(error.code),
        domain: ERROR_DOMAIN,
        metadata: shown < total ? { total_violations: String(total) } : {},
      }).finish(),
    );
    const details = [
      info,
      ...(shown === 0 ? [] : [badRequest(error.violations.slice(0, shown))]),
      ...(error.retryAfterMs === undefined ? [] : [retryInfo(error.retryAfterMs)]),
    ];
    return Buffer.from(Status.encode({ code, message, details }).finish());
  };
  // The largest number of violations that fits, by bisection.
  let fits = 0;
  let above = Math.min(total, 200) + 1;
  while (above - fits > 1) {
    const middle = (fits + above) >> 1;
    if (encode(middle).length <= MAXIMUM_DETAILS_BYTES) fits = middle;
    else above = middle;
  }
  return encode(fits);
}

const badRequest = (violations: readonly FieldViolation[]): Any =>
  any(
    'google.rpc.BadRequest',
    BadRequest.encode({
      fieldViolations: violations.map(({ field, description }) => ({
        field: cut(field, 300),
        description: cut(description, 600),
      })),
    }).finish(),
  );

const retryInfo = (ms: number): Any => {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return any(
    'google.rpc.RetryInfo',
    RetryInfo.encode({ retryDelay: { seconds: BigInt(seconds), nanos } }).finish(),
  );
};

const any = (type: string, value: Uint8Array): Any => ({
  typeUrl: `type.googleapis.com/${type}`,
  value: Buffer.from(value),
});

/**
 * Cuts a text to so many bytes as they travel: a message is percent-encoded, and a lone surrogate (half of a cut character) would
 * make that throw.
 */
function cut(text: string, maximumBytes: number): string {
  const wellFormed = text.toWellFormed();
  if (encodeURI(wellFormed).length <= maximumBytes) return wellFormed;
  let bytes = 3;
  let kept = '';
  for (const character of wellFormed) {
    bytes += encodeURI(character).length;
    if (bytes > maximumBytes) break;
    kept += character;
  }
  return `${kept}...`;
}
