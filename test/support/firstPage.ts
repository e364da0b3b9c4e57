import type { ListRequest } from '../../platform/listing/readListQuery.ts';

/** A list from its beginning, in its own order. */
export const firstPage: ListRequest = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };
