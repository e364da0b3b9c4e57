import { HoldfastError } from '../platform/HoldfastError.ts';

// What went wrong between us and PostgreSQL, in the user's words. Only the address is named: a connection's password must
// not get into a message, so nothing here quotes the URL.

const remedy =
  'Check that it runs and that DATABASE_URL names it; `npm start` starts the embedded one where DATABASE_URL is not set.';

/** SQLSTATEs that mean: not now, perhaps later (PostgreSQL 18, appendix A). */
const away = new Set(['57P01', '57P02', '57P03', '57P05', '53300', '25P03']);

const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

const disconnected =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|connection is not queryable|Cannot use a pool after/i;

/** The error for the user where the connection is at fault; any other error unchanged. */
export function describeDatabaseError(error: unknown, address: string): unknown {
  if (!(error instanceof Error) || error instanceof HoldfastError) return error;
  const code = codeOf(error);
  if (code === '28P01' || code === '28000')
    return new HoldfastError(
      'failedPrecondition',
      `PostgreSQL at ${address} refused the user or password. Put the right ones into DATABASE_URL.`,
      { cause: error },
    );
  if (code === '3D000')
    return new HoldfastError(
      'failedPrecondition',
      `PostgreSQL has no database ${address}. Create it, or name another in DATABASE_URL.`,
      { cause: error },
    );
  if (code === '42501')
    return new HoldfastError(
      'failedPrecondition',
      `The user of DATABASE_URL may not do this in ${address} (${error.message}). Grant it the right, or use the database's owner.`,
      { cause: error },
    );
  if (
    code === '22021' ||
    code === '22P05' ||
    (code === '08P01' && /invalid message format/.test(error.message))
  )
    return new HoldfastError(
      'invalidArgument',
      'The request holds a character that PostgreSQL does not take as text (character 0). Remove it.',
      { cause: error },
    );
  if (code === '53100' || code === '53200')
    return new HoldfastError(
      'resourceExhausted',
      `PostgreSQL at ${address} has no ${code === '53100' ? 'disk space' : 'memory'} left. Free some, then try again.`,
      { cause: error },
    );
  if (code === '42P01' || code === '42703')
    return new HoldfastError(
      'failedPrecondition',
      `The schema of ${address} is not the one this program expects (${error.message}). Run \`npm start\`, which migrates it.`,
      { cause: error },
    );
  if (
    (code !== undefined && (away.has(code) || code.startsWith('08') || systemCodes.has(code))) ||
    disconnected.test(error.message)
  )
    return new HoldfastError(
      'unavailable',
      `PostgreSQL at ${address} cannot be reached (${reason(error, code)}). ${remedy}`,
      {
        cause: error,
      },
    );
  return error;
}

function codeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError)
    for (const inner of error.errors) if (inner instanceof Error) return codeOf(inner);
  return error.cause instanceof Error ? codeOf(error.cause) : undefined;
}

const reason = (error: Error, code: string | undefined): string =>
  code && systemCodes.has(code) ? code : error.message;
