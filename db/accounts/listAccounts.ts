import type { Database } from '../Database.ts';
import type { Account } from './Account.ts';
import { findAccounts } from './findAccounts.ts';

/** Every user, by name. */
export const listAccounts = (database: Database): Promise<Account[]> => database.read(findAccounts);
