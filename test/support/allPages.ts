import type { ListRequest } from '../../platform/listing/readListQuery.ts';
import { firstPage } from './firstPage.ts';

/**
 * What the pages of a list have, from the first to the last.
 * @param meanwhile is done between two pages, with what has come so far
 */
export async function allPages<Item>(
  request: Partial<ListRequest>,
  ask: (page: ListRequest) => Promise<{ readonly items: readonly Item[]; readonly nextPageToken: string }>,
  meanwhile: (found: readonly Item[]) => Promise<unknown> = async () => undefined,
): Promise<Item[]> {
  const found: Item[] = [];
  let pageToken = '';
  do {
    const { items, nextPageToken } = await ask({ ...firstPage, ...request, pageToken });
    found.push(...items);
    pageToken = nextPageToken;
    if (pageToken !== '') await meanwhile(found);
  } while (pageToken !== '');
  return found;
}
