import { Client, DatabaseError } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { HoldfastError } from '../../../platform/HoldfastError.ts';
import { canonicalCopy, RefusedQuery } from './canonicalCopy.ts';
import { describeQueryError } from './describeQueryError.ts';

// A query's rows as a CSV, as the server sends them (COPY … TO STDOUT): nothing is kept here but what is under way. The
// transaction is read only and sees one moment; SELECT on what the query names is all the right it takes. Nothing may quote
// the connection's URL.

export interface QueryRequest {
  readonly url: string;
  readonly query: string;
  readonly timeoutSeconds: number;
  /** The variable that holds the URL, for messages. */
  readonly connection: string;
  readonly shownAs: string;
}

const CONNECT_MS = 15_000;
const CANCEL_MS = 5_000;

/** How values become text does not depend on the server's or the role's settings. */
const settings = [
  "set local datestyle = 'ISO, YMD'",
  "set local intervalstyle = 'iso_8601'",
  "set local timezone = 'UTC'",
  "set local bytea_output = 'hex'",
  'set local extra_float_digits = 1',
  'set local idle_in_transaction_session_timeout = 0',
].join('; ');

/**
 * @throws HoldfastError invalidArgument (the query is no SELECT, or PostgreSQL does not take it: where, and what it said),
 * failedPrecondition (no connection, no right, out of time), unavailable where the connection broke
 */
export async function* readQuery(
  request: QueryRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const { query, timeoutSeconds } = request;
  let client: Client | null = null;
  let processId: number | null = null;
  let ended = false;
  const stop = (): void => {
    if (client !== null && !ended) void cancelQuery(request, client, processId);
  };
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    client = await connect(request);
    signal?.throwIfAborted();
    await client.query('begin transaction isolation level repeatable read, read only');
    // Asked of the server: a pooler in between makes up the one that the protocol tells.
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    processId = rows[0].pid;
    await client.query(`${settings}; set local statement_timeout = ${timeoutSeconds * 1000}`);
    const stream = client.query(copyTo(await canonicalCopy(client, query)));
    yield* stream as AsyncIterable<Uint8Array>;
    await client.query('commit');
    ended = true;
  } catch (error) {
    // What the server itself has ended needs no cancelling.
    ended = error instanceof RefusedQuery || error instanceof DatabaseError || error instanceof HoldfastError;
    signal?.throwIfAborted();
    throw describeQueryError(error, request);
  } finally {
    signal?.removeEventListener('abort', stop);
    // A reader that left early leaves a query that nobody waits for.
    if (client !== null && !ended) await cancelQuery(request, client, processId);
    ended = true;
    await client?.end().catch(() => undefined);
  }
}

async function connect(request: QueryRequest): Promise<Client> {
  const client = createClient(request);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw describeQueryError(error, request);
  }
}

function createClient({ url, connection }: QueryRequest): Client {
  try {
    const client = new Client({
      connectionString: url,
      application_name: 'holdfast-ingest',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
    // What breaks while nothing is asked is told by the next question.
    client.on('error', () => undefined);
    return client;
  } catch {
    // The driver's error holds the URL.
    throw new HoldfastError(
      'failedPrecondition',
      `The worker's ${connection} is not the URL of a PostgreSQL: expected postgres://USER:PASSWORD@HOST:5432/DATABASE. Correct it, then start the worker again.`,
    );
  }
}

/** Stops the server's work by a second connection, else by breaking the first: the server then stops at its next row. */
async function cancelQuery(request: QueryRequest, client: Client, processId: number | null): Promise<void> {
  // Nothing was asked yet.
  if (processId === null) return client.end().catch(() => undefined);
  const second = createClient(request);
  const giveUp = setTimeout(() => void second.end().catch(() => undefined), CANCEL_MS);
  try {
    await second.connect();
    await second.query('select pg_cancel_backend($1)', [processId]);
  } catch {
    // Unreachable, or no connection to spare.
  } finally {
    clearTimeout(giveUp);
    await second.end().catch(() => undefined);
    await client.end().catch(() => undefined);
  }
}
