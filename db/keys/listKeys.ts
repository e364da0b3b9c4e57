import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { Database } from '../Database.ts';
import { type Page, readPage } from '../listing/readPage.ts';
import type { ApiKey } from './ApiKey.ts';
import { type KeyRow, toApiKey } from './findKey.ts';
import { keyList } from './keyList.ts';

/** A page of keys. */
export const listKeys = (database: Database, query: ListQuery): Promise<Page<ApiKey>> =>
  database.read(async manager => {
    const { items, nextPageToken } = await readPage<KeyRow>(manager, keyList, query);
    return { items: items.map(toApiKey), nextPageToken };
  });
