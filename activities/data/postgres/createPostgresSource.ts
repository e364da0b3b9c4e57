import { HoldfastError } from '../../../platform/HoldfastError.ts';
import type { Source } from '../Source.ts';
import { readQuery } from './readQuery.ts';

export interface PostgresQuery {
  /** Name of the worker's variable that holds the connection's URL. */
  readonly connection: string;
  readonly query: string;
  readonly timeoutSeconds: number;
}

/**
 * A query on the customer's own PostgreSQL. The URL holds a password: it is read here, and goes to the driver alone.
 * @throws HoldfastError failedPrecondition where the variable is not set
 */
export function createPostgresSource(
  { connection, query, timeoutSeconds }: PostgresQuery,
  environment: Readonly<Record<string, string | undefined>>,
): Source {
  const url = environment[connection]?.trim();
  const shownAs = `the query on ${connection}`;
  if (!url)
    throw new HoldfastError(
      'failedPrecondition',
      `The definition's source reads from the database that ${connection} names, and the worker has no such variable. Start it with ${connection}=postgres://USER:PASSWORD@HOST:5432/DATABASE.`,
    );
  return { shownAs, read: signal => readQuery({ url, query, timeoutSeconds, connection, shownAs }, signal) };
}
