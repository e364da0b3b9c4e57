import type { EntityManager } from '@mikro-orm/postgresql';
import type { FieldType, Filter, OrderTerm, Value } from '../../platform/listing/ListDeclaration.ts';
import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { ListSource } from './ListSource.ts';

// One page of a list, by keyset: it begins behind the values where the page before ended, so that what is added or removed
// meanwhile neither repeats nor hides an item, and PostgreSQL reads no row of the pages before. Every value is a parameter.

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** An item's fields as its source selects them, and its place in the order. */
export interface PageRow<Row> {
  readonly row: Row;
  readonly place: readonly Value[];
}

type Query = Pick<ListQuery, 'limit' | 'filter' | 'order' | 'after'>;

/** Rows from where the query begins, at most its limit. */
export async function readRows<Row extends object>(
  manager: EntityManager,
  source: ListSource,
  { limit, filter, order, after }: Query,
): Promise<PageRow<Row>[]> {
  const values: unknown[] = [];
  const conditions: string[] = [];
  if (filter !== null) conditions.push(filterToSql(source, filter, values));
  if (after !== null) conditions.push(behind(source, order, after, values));
  const places = order.map(({ field }, index) => `${placeOf(source, field)} as place_${index}`);
  const by = order.map(({ field, descending }) => `${ordered(source, field)}${descending ? ' desc' : ''}`);
  const rows = await manager.execute<(Row & Record<`place_${number}`, Value>)[]>(
    `select item.*, ${places.join(', ')} from (${source.from}) as item
     ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
     order by ${by.join(', ')} limit ?::integer`,
    [...values, limit],
  );
  return rows.map(row => ({ row, place: order.map((_term, index) => row[`place_${index}`]) }));
}

/** A whole page, with the token of the next one. */
export async function readPage<Row extends object>(
  manager: EntityManager,
  source: ListSource,
  query: ListQuery,
): Promise<Page<Row>> {
  const { limit } = query;
  const rows = await readRows<Row>(manager, source, { ...query, limit: limit + 1 });
  return {
    items: rows.slice(0, limit).map(({ row }) => row),
    nextPageToken: rows.length > limit ? query.tokenAfter(rows[limit - 1].place) : '',
  };
}

const casts: Readonly<Record<FieldType, string>> = {
  text: 'text',
  texts: 'text',
  integer: 'bigint',
  number: 'float8',
  time: 'timestamptz',
  boolean: 'boolean',
};

const columnOf = (field: string): string => `item."${field}"`;

/** Text by its bytes, so that an order is the same in every database. */
const ordered = ({ fields }: ListSource, field: string): string =>
  fields[field].type === 'text' ? `${columnOf(field)}::text collate "C"` : columnOf(field);

function placeOf({ fields }: ListSource, field: string): string {
  const { type } = fields[field];
  if (type === 'time')
    return `to_char(${columnOf(field)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  // The driver reads a bigint as text.
  return type === 'integer' ? `${columnOf(field)}::float8` : columnOf(field);
}

function filterToSql(source: ListSource, filter: Filter, values: unknown[]): string {
  if (filter.kind === 'and' || filter.kind === 'or')
    return `(${filter.of.map(each => filterToSql(source, each, values)).join(` ${filter.kind} `)})`;
  if (filter.kind === 'not') return `(not ${filterToSql(source, filter.of, values)})`;
  const { field } = filter;
  if (filter.kind === 'present') return `(${columnOf(field)} is not null)`;
  values.push(filter.value);
  if (filter.kind === 'has') return `(?::text = any (${columnOf(field)}))`;
  const { comparator } = filter;
  const { type, optional } = source.fields[field];
  // Equal bytes are equal in any order, and an index by the database's own serves.
  const isEquality = comparator === '=' || comparator === '!=';
  const side = isEquality ? columnOf(field) : ordered(source, field);
  const comparison = `${side} ${comparator} ?::${casts[type]}`;
  // What is absent is unequal to everything, and not an unknown that would make a whole NOT unknown.
  return optional ? `coalesce(${comparison}, ${comparator === '!='})` : `(${comparison})`;
}

/** (a, b, c) behind (x, y, z), each in its own direction. */
function behind(
  source: ListSource,
  order: readonly OrderTerm[],
  after: readonly Value[],
  values: unknown[],
): string {
  const alternatives = order.map(({ field, descending }, index) => {
    const parts = order.slice(0, index).map(({ field: equal }, place) => {
      values.push(after[place]);
      return `${ordered(source, equal)} = ?::${casts[source.fields[equal].type]}`;
    });
    values.push(after[index]);
    parts.push(`${ordered(source, field)} ${descending ? '<' : '>'} ?::${casts[source.fields[field].type]}`);
    return `(${parts.join(' and ')})`;
  });
  // Said apart, the first field's bound lets an index begin there.
  const [{ field, descending }] = order;
  values.push(after[0]);
  const bound = `${ordered(source, field)} ${descending ? '<=' : '>='} ?::${casts[source.fields[field].type]}`;
  return `((${alternatives.join(' or ')}) and ${bound})`;
}
