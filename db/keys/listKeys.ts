import type { Database } from '../Database.ts';
import type { ApiKey } from './ApiKey.ts';
import { findKeys, type KeyFilter } from './findKeys.ts';

/** Newest first. */
export const listKeys = (database: Database, filter: KeyFilter = {}): Promise<ApiKey[]> =>
  database.read(manager => findKeys(manager, filter));
