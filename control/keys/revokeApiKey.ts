import { revokeKey } from '../../db/keys/revokeKey.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import type { Key, RevokeKeyRequest } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeKey } from './encodeKey.ts';

/** Ends one of the caller's keys, or anybody's where an admin asks. @throws HoldfastError notFound */
export async function revokeApiKey(
  { database, refreshCredentials }: Pick<ControlPorts, 'database' | 'refreshCredentials'>,
  { id }: RevokeKeyRequest,
  context: CallContext,
): Promise<Key> {
  const { role, user } = context.principal;
  const { before, after } = await revokeKey(database, id, role === 'admin' ? undefined : user);
  context.audited = { before: { type: 'holdfast.v1.Key', message: encodeKey(before) } };
  await refreshCredentials();
  return encodeKey(after);
}
