import { deleteAccount } from '../../db/accounts/deleteAccount.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import type { DeleteUserRequest, DeleteUserResponse } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeUser } from './encodeUser.ts';

/** @throws HoldfastError notFound; failedPrecondition (the last admin) */
export async function deleteUser(
  { database, refreshCredentials }: Pick<ControlPorts, 'database' | 'refreshCredentials'>,
  { name }: DeleteUserRequest,
  context: CallContext,
): Promise<DeleteUserResponse> {
  const before = await deleteAccount(database, name);
  context.audited = { before: { type: 'holdfast.v1.User', message: encodeUser(before) } };
  await refreshCredentials();
  return {};
}
