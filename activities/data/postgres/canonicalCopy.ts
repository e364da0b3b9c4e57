import type { Client, QueryResult } from 'pg';
import { HoldfastError } from '../../../platform/HoldfastError.ts';

// Equal data, equal bytes, whatever plan the server chose and whether or not the query sorts: every value as PostgreSQL's own
// text, and the rows sorted by all columns, in the order of the characters' codes.

const DECLARE = 'declare holdfast_source no scroll cursor for\n';
/** Of types that have a NaN, which is an absent value: float4, float8, numeric. */
const withNaN = new Set([700, 701, 1700]);

/** What PostgreSQL objected to in the query itself, with the length of what we wrote in front of it. */
export class RefusedQuery extends Error {
  readonly prefixLength = DECLARE.length;

  constructor(cause: unknown) {
    super('the query is refused', { cause });
  }
}

/**
 * The statement that copies a query's rows out. The query is first declared as a cursor, alone: so it is one statement that reads,
 * and its parentheses are closed, before it becomes part of another.
 * @throws RefusedQuery
 */
export async function canonicalCopy(client: Client, query: string): Promise<string> {
  const { fields } = await describe(client, query);
  if (fields.length === 0) throw new HoldfastError('invalidArgument', "The source's query has no columns.");
  const places = fields.map((_, index) => `c${index + 1}`);
  const texts = fields.map(({ dataTypeID }, index) =>
    withNaN.has(dataTypeID) ? `nullif(${places[index]}::text, 'NaN')` : `${places[index]}::text`,
  );
  const selected = texts.map((text, index) => `${text} as ${quoteName(fields[index].name)}`);
  const order = texts.map(text => `${text} collate "C"`);
  return `copy (select ${selected.join(', ')} from (\n${query}\n) as holdfast_source (${places.join(', ')}) order by ${order.join(', ')}) to stdout (format csv, header, encoding 'UTF8')`;
}

async function describe(client: Client, query: string): Promise<QueryResult> {
  // The extended protocol takes one statement only.
  const declaration = { text: `${DECLARE}${query}`, queryMode: 'extended' };
  try {
    await client.query(declaration);
  } catch (error) {
    throw new RefusedQuery(error);
  }
  const described = await client.query('fetch 0 from holdfast_source');
  await client.query('close holdfast_source');
  return described;
}

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
