// One table of neutral codes. gRPC statuses, HTTP statuses and exit codes derive from it, each at its own border; nothing
// else invents a code.

export const errorCodes = {
  invalidArgument: { grpc: 3, http: 400, exit: 2, retryable: false },
  deadlineExceeded: { grpc: 4, http: 504, exit: 1, retryable: true },
  notFound: { grpc: 5, http: 404, exit: 3, retryable: false },
  alreadyExists: { grpc: 6, http: 409, exit: 5, retryable: false },
  permissionDenied: { grpc: 7, http: 403, exit: 4, retryable: false },
  resourceExhausted: { grpc: 8, http: 429, exit: 1, retryable: true },
  /** For good: the same request never fits. Behind the code that shares its number, which stands for the number alone. */
  tooLarge: { grpc: 8, http: 413, exit: 1, retryable: false },
  failedPrecondition: { grpc: 9, http: 400, exit: 1, retryable: false },
  conflict: { grpc: 10, http: 409, exit: 5, retryable: true },
  unimplemented: { grpc: 12, http: 501, exit: 1, retryable: false },
  internal: { grpc: 13, http: 500, exit: 1, retryable: false },
  unavailable: { grpc: 14, http: 503, exit: 1, retryable: true },
  unauthenticated: { grpc: 16, http: 401, exit: 6, retryable: false },
} as const;

export type ErrorCode = keyof typeof errorCodes;

export const isErrorCode = (text: unknown): text is ErrorCode =>
  typeof text === 'string' && Object.hasOwn(errorCodes, text);

export const everyErrorCode: readonly ErrorCode[] = Object.keys(errorCodes).filter(isErrorCode);

/** One fault in what was sent: where (`instances[3].tenure`, or a row and column of a file) and what was expected. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** An error whose message is meant for the user: it names what, where, what was expected and what to do next. */
export class HoldfastError extends Error {
  readonly code: ErrorCode;
  readonly violations: readonly FieldViolation[];
  /** How long to wait before asking again, where that is known. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; violations?: readonly FieldViolation[]; retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HoldfastError';
    this.code = code;
    this.violations = options.violations ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }
}
