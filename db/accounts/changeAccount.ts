import type { RoleName } from '../../platform/access/roles.ts';
import type { Database } from '../Database.ts';
import type { Account, NewPassword } from './Account.ts';
import { assertAnAdminStays, findAccounts, lockAccounts, pickAccount } from './findAccounts.ts';

/** What is left out stays. */
export interface AccountChange {
  readonly role?: RoleName;
  readonly disabled?: boolean;
  readonly password?: NewPassword;
}

export interface AccountChanged {
  readonly before: Account;
  readonly after: Account;
}

/**
 * Changes a user. Who is disabled, or gets another password, is logged out everywhere.
 * @throws HoldfastError notFound; failedPrecondition where no admin would be left
 */
export const changeAccount = (
  database: Database,
  name: string,
  { role, disabled, password }: AccountChange,
): Promise<AccountChanged> =>
  database.write(async manager => {
    await lockAccounts(manager);
    const before = pickAccount(await findAccounts(manager), name);
    await manager.execute(
      `update user_account set role = coalesce(?, role), disabled = coalesce(?, disabled),
         password_hash = coalesce(?, password_hash), must_change_password = coalesce(?, must_change_password)
       where name = ?`,
      [
        role ?? null,
        disabled ?? null,
        password?.passwordHash ?? null,
        password?.mustChangePassword ?? null,
        name,
      ],
    );
    if (disabled === true || password !== undefined)
      await manager.execute(
        `delete from user_session where user_id = (select id from user_account where name = ?)`,
        [name],
      );
    const accounts = await findAccounts(manager);
    assertAnAdminStays(accounts);
    return { before, after: pickAccount(accounts, name) };
  });
