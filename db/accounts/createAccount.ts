import type { RoleName } from '../../platform/access/roles.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import type { Account, NewPassword } from './Account.ts';
import { findAccounts, lockAccounts, pickAccount } from './findAccounts.ts';

export interface NewAccount extends NewPassword {
  readonly name: string;
  readonly role: RoleName;
}

const INSERT = `insert into user_account (name, role, password_hash, must_change_password) values (?, ?, ?, ?)`;

/** @throws HoldfastError alreadyExists */
export const createAccount = (
  database: Database,
  { name, role, passwordHash, mustChangePassword }: NewAccount,
): Promise<Account> =>
  database.write(async manager => {
    await lockAccounts(manager);
    if ((await findAccounts(manager)).some(account => account.name === name))
      throw new HoldfastError(
        'alreadyExists',
        `There is a user ${name} already. Choose another name, or change that one: \`./holdfast users update ${name}\`.`,
      );
    await manager.execute(INSERT, [name, role, passwordHash, mustChangePassword]);
    return pickAccount(await findAccounts(manager), name);
  });

/** Creates an admin where there is no user at all. @returns whether it did */
export const createFirstAccount = (
  database: Database,
  { name, passwordHash, mustChangePassword }: Omit<NewAccount, 'role'>,
): Promise<boolean> =>
  database.write(async manager => {
    await lockAccounts(manager);
    if ((await findAccounts(manager)).length > 0) return false;
    await manager.execute(INSERT, [name, 'admin', passwordHash, mustChangePassword]);
    return true;
  });
