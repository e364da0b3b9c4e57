import type { Comparator, Filter, ListItem, OrderTerm, Value } from './ListDeclaration.ts';

// Filters and orders on values in memory, for items that are in no table. They mean what db/listing/ makes of them in SQL; a test
// holds the two against each other.

const holds: Readonly<Record<Comparator, (sign: number) => boolean>> = {
  '=': sign => sign === 0,
  '!=': sign => sign !== 0,
  '<': sign => sign < 0,
  '<=': sign => sign <= 0,
  '>': sign => sign > 0,
  '>=': sign => sign >= 0,
};

/** What is absent is equal to nothing, and neither less nor more than anything. */
export function matchesFilter(filter: Filter, item: ListItem): boolean {
  if (filter.kind === 'and') return filter.of.every(each => matchesFilter(each, item));
  if (filter.kind === 'or') return filter.of.some(each => matchesFilter(each, item));
  if (filter.kind === 'not') return !matchesFilter(filter.of, item);
  const value = item[filter.field];
  if (filter.kind === 'present') return value !== null;
  if (filter.kind === 'has') return Array.isArray(value) && value.includes(filter.value);
  if (value === null || typeof value === 'object') return filter.comparator === '!=';
  return holds[filter.comparator](compareValues(value, filter.value));
}

/** Below 0 where an item with the first values comes first; both as the order has them. */
export function compareByOrder(
  order: readonly OrderTerm[],
  one: readonly Value[],
  other: readonly Value[],
): number {
  for (const [index, { descending }] of order.entries()) {
    const sign = compareValues(one[index], other[index]);
    if (sign !== 0) return descending ? -sign : sign;
  }
  return 0;
}

/** Texts by their code points, as PostgreSQL's collation "C" has them. */
function compareValues(one: Value, other: Value): number {
  if (typeof one === 'string' && typeof other === 'string')
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : one > other ? 1 : 0;
}
