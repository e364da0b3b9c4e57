import { DatabaseError } from 'pg';
import { HoldfastError } from '../../../platform/HoldfastError.ts';
import { RefusedQuery } from './canonicalCopy.ts';

// What PostgreSQL said, in a sentence that says what to do. Its messages never hold the password; its DETAIL may hold a
// customer, so it is left out, and so are causes that know the connection.

interface Context {
  readonly query: string;
  readonly timeoutSeconds: number;
  readonly connection: string;
  readonly shownAs: string;
}

/** SQLSTATEs that mean: not now, perhaps later (PostgreSQL 18, appendix A). */
const passing = /^(?:57P0[1-5]|53...|40001|40P01|55P03|08...)$/;
const refusedIn = /^(?:28...)$/;

export function describeQueryError(error: unknown, context: Context): unknown {
  if (error instanceof HoldfastError) return error;
  const { connection, shownAs, timeoutSeconds } = context;
  const inQuery = error instanceof RefusedQuery;
  const fault = inQuery ? error.cause : error;
  if (!(fault instanceof DatabaseError)) return describeConnectionError(fault, context);
  const { code = '', message, hint } = fault;
  const said = `${message}${hint === undefined ? '' : ` (${hint})`}`;
  if (refusedIn.test(code) || code === '3D000')
    return new HoldfastError(
      'failedPrecondition',
      `PostgreSQL refuses the connection of ${connection}: ${said}. Correct the URL in that variable of the worker.`,
    );
  if (code === '57014')
    return new HoldfastError(
      'failedPrecondition',
      `${shownAs} was cancelled by PostgreSQL: ${said}. It may take ${timeoutSeconds} seconds; make it faster, or give the source another timeoutSeconds.`,
    );
  if (code === '42501')
    return new HoldfastError(
      'permissionDenied',
      `${shownAs} may not be run: ${said}. Grant the role of ${connection} SELECT on what the query reads.`,
    );
  if (passing.test(code))
    return new HoldfastError('unavailable', `${shownAs} was broken off by PostgreSQL: ${said}.`);
  const where = inQuery ? locate(context.query, Number(fault.position) - error.prefixLength) : '';
  return new HoldfastError(
    'invalidArgument',
    `${shownAs} fails${where}: PostgreSQL says ${JSON.stringify(said)} (SQLSTATE ${code}). Correct the source's query in the project definition; it must be one SELECT that only reads, without a semicolon.`,
  );
}

const systemReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host has no address',
  EAI_AGAIN: 'the address of its host could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its network',
  ENOENT: 'there is no such socket',
};

function describeConnectionError(error: unknown, { connection, shownAs }: Context): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const reason = systemReasons[code];
  const timedOut = /timeout expired|timeout exceeded/i.test(error.message);
  if (reason !== undefined || timedOut)
    return new HoldfastError(
      'failedPrecondition',
      `The PostgreSQL of ${connection} cannot be reached: ${reason ?? 'it does not answer'}${code === '' ? '' : ` (${code})`}. Check the variable of the worker and the way there, then run again.`,
    );
  if (/CERT|TLS|SSL|SELF_SIGNED|LEAF_SIGNATURE/.test(code) || /SSL/.test(error.message))
    return new HoldfastError(
      'failedPrecondition',
      `The PostgreSQL of ${connection} and the worker do not agree on TLS: ${error.message}. Set sslmode in the URL of that variable.`,
    );
  if (
    ['ECONNRESET', 'EPIPE'].includes(code) ||
    /Connection (?:terminated|ended)|closed|not queryable/i.test(error.message)
  )
    return new HoldfastError('unavailable', `The connection of ${shownAs} broke; it is run again.`);
  return error;
}

/** ` at line 2, column 8 ("nme, age")`; nothing where PostgreSQL named no place. */
function locate(query: string, position: number): string {
  if (!(position >= 1)) return '';
  // PostgreSQL counts characters, JavaScript halves of some.
  const before = Array.from(query)
    .slice(0, position - 1)
    .join('');
  const line = before.split('\n').length;
  const column = Array.from(before.slice(before.lastIndexOf('\n') + 1)).length + 1;
  const excerpt = query.slice(before.length).split('\n')[0].slice(0, 40);
  return ` at line ${line}, column ${column}${excerpt === '' ? '' : ` (${JSON.stringify(excerpt)})`}`;
}
