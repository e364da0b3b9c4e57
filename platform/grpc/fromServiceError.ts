import { type Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo, RetryInfo } from '../../proto/gen/google/rpc/error_details.ts';
import { Status } from '../../proto/gen/google/rpc/status.ts';
import {
  type ErrorCode,
  errorCodes,
  everyErrorCode,
  type FieldViolation,
  HoldfastError,
} from '../HoldfastError.ts';
import { DETAILS_KEY, ERROR_DOMAIN, reasonOf } from './toStatus.ts';

// The way back of toStatus: what a client received becomes the HoldfastError that the server threw. Trailers are another
// process's text, so anything that does not parse is passed over and the plain status code decides.

export interface ReceivedError {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}

/** What grpc-js reports of a call that failed, as far as it has no code of ours. */
const foreignCodes: Readonly<Record<number, ErrorCode>> = {
  [status.CANCELLED]: 'unavailable',
  [status.OUT_OF_RANGE]: 'invalidArgument',
};

export const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error;

/**
 * @param error what a grpc-js call failed with
 * @param peer who was called, for the message of a call that got no answer: `the inference server at 127.0.0.1:9000`
 */
export function fromServiceError(error: ReceivedError, peer: string): HoldfastError {
  const received: number = error.code;
  const { code: detailed, violations, retryAfterMs } = readDetails(error.metadata);
  const code =
    detailed ??
    everyErrorCode.find(candidate => errorCodes[candidate].grpc === received) ??
    foreignCodes[error.code] ??
    'internal';
  const message = detailed === null ? explain(error, peer) : error.details;
  return new HoldfastError(code, message, { cause: error, violations, retryAfterMs });
}

function explain(error: ReceivedError, peer: string): string {
  switch (error.code) {
    case status.UNAVAILABLE:
      return `No connection to ${peer}: ${error.details} ${remedyOf(error.details)}`;
    case status.DEADLINE_EXCEEDED:
      return `No answer from ${peer} in time (${error.details}). Try again, or allow more time.`;
    case status.UNIMPLEMENTED:
      return `${peer} does not know the method (${error.details}). Is it a Holdfast server of the same version?`;
    default:
      return `${peer} answered: ${error.details}`;
  }
}

/** By what Node, OpenSSL and grpc-js say where the two sides do not trust or understand each other. */
function remedyOf(details: string): string {
  if (/altnames/i.test(details))
    return 'Check the address, or set HOLDFAST_TLS_SERVER_NAME to the name in the certificate.';
  // Whoever listens hung up, with or without a reason: ECONNREFUSED would say that nobody does.
  if (details.includes('Failed to connect (') || /tlsv1.* alert/.test(details))
    return 'Is it a Holdfast server, and do both sides speak TLS? Check HOLDFAST_TLS_CA, and HOLDFAST_TLS_CLIENT_CERT where the server asks its clients for a certificate.';
  if (/certificate|issuer/i.test(details))
    return 'Check HOLDFAST_TLS_CA: it names those who vouch for the server.';
  return 'Is it running? Start Holdfast with `npm start`, or check the address.';
}

function readDetails(metadata: Metadata): {
  code: ErrorCode | null;
  violations: FieldViolation[];
  retryAfterMs?: number;
} {
  const violations: FieldViolation[] = [];
  let code: ErrorCode | null = null;
  let retryAfterMs: number | undefined;
  for (const packed of metadata.get(DETAILS_KEY)) {
    if (typeof packed === 'string') continue;
    try {
      for (const { typeUrl, value } of Status.decode(packed).details) {
        if (typeUrl.endsWith('/google.rpc.BadRequest'))
          violations.push(...BadRequest.decode(value).fieldViolations);
        if (typeUrl.endsWith('/google.rpc.RetryInfo')) {
          const { seconds, nanos } = RetryInfo.decode(value).retryDelay ?? { seconds: 0n, nanos: 0 };
          retryAfterMs = Number(seconds) * 1000 + nanos / 1e6;
        }
        if (!typeUrl.endsWith('/google.rpc.ErrorInfo')) continue;
        const info = ErrorInfo.decode(value);
        if (info.domain === ERROR_DOMAIN)
          code = everyErrorCode.find(candidate => reasonOf(candidate) === info.reason) ?? null;
      }
    } catch {
      // Another server's details in a form of its own: its status code and message still hold.
    }
  }
  return { code, violations, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
