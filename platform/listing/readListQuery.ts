import { canonicalJson } from '../canonicalJson.ts';
import { HoldfastError } from '../HoldfastError.ts';
import { sha256 } from '../sha256.ts';
import type { Filter, ListDeclaration, OrderTerm, Value } from './ListDeclaration.ts';
import { decodePageToken, encodePageToken } from './pageToken.ts';
import { parseFilter } from './parseFilter.ts';
import { parseOrder } from './parseOrder.ts';

/** The fields that every request of a list has. */
export interface ListRequest {
  readonly pageSize: number;
  readonly pageToken: string;
  readonly filter: string;
  readonly orderBy: string;
}

export interface ListQuery {
  /** Items of the page at most. */
  readonly limit: number;
  readonly filter: Filter | null;
  /** Ends with what tells any two items apart. */
  readonly order: readonly OrderTerm[];
  /** The values, in the order's, of the item that the page begins behind; null from the beginning. */
  readonly after: readonly Value[] | null;
  /** The token of the page that begins behind an item with these values. */
  tokenAfter(values: readonly Value[]): string;
}

type Scope = Readonly<Record<string, Value | Filter | undefined>>;

const DEFAULT_SIZE = 50;
const MAXIMUM_SIZE = 1_000;

/**
 * What a list is asked for.
 * @param scope field → value that every item has, whatever the filter says: the model that the request names; or what else
 *   must hold of the field
 * @throws HoldfastError invalidArgument that names the field, what came and what was expected
 */
export function readListQuery(
  list: ListDeclaration,
  { pageSize, pageToken, filter: filterText, orderBy }: ListRequest,
  scope: Scope,
): ListQuery {
  if (!Number.isInteger(pageSize) || pageSize < 0 || pageSize > MAXIMUM_SIZE)
    throw new HoldfastError(
      'invalidArgument',
      `page_size is ${pageSize}; expected 1 to ${MAXIMUM_SIZE}, or 0 for ${DEFAULT_SIZE}.`,
      { violations: [{ field: 'page_size', description: `expected 0 to ${MAXIMUM_SIZE}` }] },
    );
  const asked = attempt('filter', filterText, () => parseFilter(list, filterText));
  const filter = within(scope, asked);
  const order = attempt('order_by', orderBy, () => parseOrder(list, orderBy));
  const fingerprint = sha256(canonicalJson([list.name, filter, order])).slice(0, 16);
  return {
    limit: pageSize || DEFAULT_SIZE,
    filter,
    order,
    after: pageToken === '' ? null : decodePageToken(list, order, fingerprint, pageToken),
    tokenAfter: values => encodePageToken(fingerprint, values),
  };
}

function within(scope: Scope, asked: Filter | null): Filter | null {
  const of = Object.entries(scope).flatMap(([field, value]): Filter[] => {
    if (value === undefined) return [];
    return [typeof value === 'object' ? value : { kind: 'compare', field, comparator: '=', value }];
  });
  if (asked !== null) of.push(asked);
  return of.length < 2 ? (of[0] ?? null) : { kind: 'and', of };
}

function attempt<Result>(field: string, text: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new HoldfastError('invalidArgument', `${field} ${JSON.stringify(text)}: ${error.message}.`, {
      cause: error,
      violations: [{ field, description: error.message }],
    });
  }
}
