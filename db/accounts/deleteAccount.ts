import type { Database } from '../Database.ts';
import type { Account } from './Account.ts';
import { assertAnAdminStays, findAccounts, lockAccounts, pickAccount } from './findAccounts.ts';

/**
 * Removes a user with all sessions and keys.
 * @returns who it was
 * @throws HoldfastError notFound; failedPrecondition where no admin would be left
 */
export const deleteAccount = (database: Database, name: string): Promise<Account> =>
  database.write(async manager => {
    await lockAccounts(manager);
    const before = pickAccount(await findAccounts(manager), name);
    await manager.execute(`delete from user_account where name = ?`, [name]);
    assertAnAdminStays(await findAccounts(manager));
    return before;
  });
