import { changeAccount } from '../../db/accounts/changeAccount.ts';
import { makePassword } from '../../platform/access/secrets.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import type { UpdateUserRequest, UserChange } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeUser } from './encodeUser.ts';
import { hashPassword } from './passwords.ts';
import { readRole } from './readRole.ts';

/** @throws HoldfastError notFound; invalidArgument (the role); failedPrecondition (the last admin) */
export async function updateUser(
  { database, refreshCredentials }: Pick<ControlPorts, 'database' | 'refreshCredentials'>,
  { name, role, disabled, resetPassword }: UpdateUserRequest,
  context: CallContext,
): Promise<UserChange> {
  const asked = role === undefined ? undefined : readRole(role, 'role');
  const oneTimePassword = resetPassword ? makePassword() : '';
  const password = resetPassword
    ? { passwordHash: await hashPassword(oneTimePassword), mustChangePassword: true }
    : undefined;
  const { before, after } = await changeAccount(database, name, { role: asked, disabled, password });
  context.audited = { before: { type: 'holdfast.v1.User', message: encodeUser(before) } };
  await refreshCredentials();
  return { user: encodeUser(after), oneTimePassword };
}
