import { createAccount } from '../../db/accounts/createAccount.ts';
import { makePassword } from '../../platform/access/secrets.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { CreateUserRequest, UserChange } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeUser } from './encodeUser.ts';
import { assertGoodPassword, hashPassword } from './passwords.ts';
import { readRole } from './readRole.ts';

/**
 * A user, who has to change the password at the first login: whoever made the user knows it.
 * @throws HoldfastError invalidArgument; alreadyExists
 */
export async function createUser(
  { database }: Pick<ControlPorts, 'database'>,
  { name, role, password }: CreateUserRequest,
): Promise<UserChange> {
  if (!/^[a-z0-9][a-z0-9._@+-]{0,126}$/.test(name)) {
    const description = `expected a lower-case letter or digit, then those and . _ @ + -, at most 127, got ${JSON.stringify(name)}`;
    throw new HoldfastError('invalidArgument', `The user cannot be made: name: ${description}.`, {
      violations: [{ field: 'name', description }],
    });
  }
  const asked = readRole(role, 'role');
  if (password !== '') assertGoodPassword(password, name, 'password');
  const oneTimePassword = password === '' ? makePassword() : '';
  const account = await createAccount(database, {
    name,
    role: asked,
    passwordHash: await hashPassword(password || oneTimePassword),
    mustChangePassword: true,
  });
  return { user: encodeUser(account), oneTimePassword };
}
