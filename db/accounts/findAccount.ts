import type { Database } from '../Database.ts';
import type { Account } from './Account.ts';
import { findAccounts } from './findAccounts.ts';

/** Null where there is no such user. */
export const findAccount = (database: Database, name: string): Promise<Account | null> =>
  database.read(
    async manager => (await findAccounts(manager)).find(account => account.name === name) ?? null,
  );
