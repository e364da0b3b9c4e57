import type { EntityManager } from '@mikro-orm/postgresql';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { didYouMean } from '../../platform/suggest.ts';
import { UserAccountEntity } from '../entities/UserAccountEntity.ts';
import { lockName } from '../lockName.ts';
import type { Account } from './Account.ts';

/** Held by whoever changes users, so that the last admin cannot go while another one goes. */
export const lockAccounts = (manager: EntityManager): Promise<void> => lockName(manager, 'user accounts');

/** Users by name, as the rows are now, whatever this manager has read before. */
export async function findAccounts(manager: EntityManager): Promise<Account[]> {
  const rows = await manager.find(
    UserAccountEntity,
    {},
    { orderBy: { name: 'asc' }, disableIdentityMap: true },
  );
  return rows.map(({ name, role, disabled, mustChangePassword, createdAt, lastLoginAt }) => ({
    name,
    role,
    disabled,
    mustChangePassword,
    createdAt,
    lastLoginAt: lastLoginAt ?? null,
  }));
}

/** @throws HoldfastError notFound, with the name that was probably meant */
export function pickAccount(accounts: readonly Account[], name: string): Account {
  const found = accounts.find(account => account.name === name);
  if (found !== undefined) return found;
  throw new HoldfastError(
    'notFound',
    `There is no user ${JSON.stringify(name)}.${didYouMean(
      name,
      accounts.map(account => account.name),
    )} See \`./holdfast users list\`.`,
  );
}

/** @throws HoldfastError failedPrecondition where nobody is left who may decide who may do what */
export function assertAnAdminStays(accounts: readonly Account[]): void {
  if (accounts.some(({ role, disabled }) => role === 'admin' && !disabled)) return;
  throw new HoldfastError(
    'failedPrecondition',
    'This is the last admin who may log in: nobody could manage users any more. Make another admin first: `./holdfast users create NAME --role admin`.',
  );
}
