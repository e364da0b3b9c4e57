import type { Database } from '../../db/Database.ts';
import { createFirstAccount } from '../../db/accounts/createAccount.ts';
import { listAccounts } from '../../db/accounts/listAccounts.ts';
import { makePassword } from '../../platform/access/secrets.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { hashPassword, judgePassword } from './passwords.ts';

export const FIRST_ADMIN = 'admin';

/**
 * Creates the user `admin` where there is no user yet.
 * @param given HOLDFAST_ADMIN_PASSWORD; without it a password is made that is only good for choosing another
 * @returns the password that was made, to be shown once; null where none was
 * @throws HoldfastError invalidArgument where the given password is too weak
 */
export async function ensureFirstAdmin(
  database: Database,
  given: string | undefined,
): Promise<string | null> {
  if ((await listAccounts(database)).length > 0) return null;
  const violations = given === undefined ? [] : judgePassword(given, FIRST_ADMIN, 'HOLDFAST_ADMIN_PASSWORD');
  if (violations.length > 0)
    throw new HoldfastError(
      'invalidArgument',
      `HOLDFAST_ADMIN_PASSWORD cannot be the first admin's: ${violations.map(({ description }) => description).join('; ')}.`,
      { violations },
    );
  const password = given ?? makePassword();
  const created = await createFirstAccount(database, {
    name: FIRST_ADMIN,
    passwordHash: await hashPassword(password),
    mustChangePassword: given === undefined,
  });
  return created && given === undefined ? password : null;
}
