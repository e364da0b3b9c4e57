import type { ListRequest } from '../../platform/listing/readListQuery.ts';

/** Of a request; the most that a server gives. */
const PAGE_SIZE = 1_000;

/** How a list is asked for on the command line. */
export interface ListOptions {
  readonly filter?: string;
  readonly orderBy?: string;
  /** Items at most; default: all. */
  readonly limit?: number;
}

/**
 * The items of a list, from its first page to its last.
 * @param ask for one page
 * @param itemsOf an answer
 */
export async function allItems<Answer extends { readonly nextPageToken: string }, Item>(
  { filter = '', orderBy = '', limit = Number.POSITIVE_INFINITY }: ListOptions,
  ask: (page: ListRequest) => Promise<Answer>,
  itemsOf: (answer: Answer) => readonly Item[],
): Promise<Item[]> {
  const items: Item[] = [];
  let pageToken = '';
  do {
    const pageSize = Math.min(PAGE_SIZE, limit - items.length);
    const answer = await ask({ pageSize, pageToken, filter, orderBy });
    items.push(...itemsOf(answer));
    pageToken = answer.nextPageToken;
  } while (pageToken !== '' && items.length < limit);
  return items;
}
