import { changePassword } from '../../db/accounts/changePassword.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import type { Caller, ChangePasswordRequest } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { callerAddress } from './callerAddress.ts';
import { encodeCaller } from './encodeCaller.ts';
import { sessionHash } from './logout.ts';
import { assertGoodPassword, hashPassword } from './passwords.ts';
import { provePassword } from './provePassword.ts';

/**
 * The caller's password becomes another; all other sessions of the user end.
 * @throws HoldfastError failedPrecondition (a key); unauthenticated (the present one is wrong); invalidArgument (the new one is
 *   too weak, or the same); resourceExhausted
 */
export async function changeOwnPassword(
  { database, refreshCredentials, trustedProxies }: ControlPorts,
  { currentPassword, newPassword }: ChangePasswordRequest,
  context: CallContext,
): Promise<Caller> {
  const { principal } = context;
  const session = sessionHash(context);
  assertGoodPassword(newPassword, principal.user, 'new_password', currentPassword);
  const presentHash = await provePassword(
    database,
    { user: principal.user, password: currentPassword, address: callerAddress(context, trustedProxies) },
    'The present password is wrong.',
  );
  await changePassword(database, {
    user: principal.user,
    presentHash,
    passwordHash: await hashPassword(newPassword),
    sessionHash: session,
  });
  await refreshCredentials();
  return encodeCaller({ ...principal, mustChangePassword: false });
}
