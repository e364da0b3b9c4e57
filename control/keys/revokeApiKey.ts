import { revokeKey } from '../../db/keys/revokeKey.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import type { Key, RevokeKeyRequest } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeKey } from './encodeKey.ts';
import { visibleKeys } from './visibleKeys.ts';

/**
 * Ends a key of those that the caller sees, where asked with all that came of it and are the same user's (for an admin anybody's).
 * @throws HoldfastError permissionDenied where a key that is no admin's is presented to end another one; notFound
 */
export async function revokeApiKey(
  { database, refreshCredentials }: Pick<ControlPorts, 'database' | 'refreshCredentials'>,
  { id, withMade }: RevokeKeyRequest,
  context: CallContext,
): Promise<Key> {
  const { principal } = context;
  const visible = visibleKeys(principal);
  if (visible.id !== undefined && visible.id !== id)
    throw new HoldfastError(
      'permissionDenied',
      `The key ${principal.name} ends itself (${visible.id}) and no other. Log in as ${principal.user}, or ask an admin.`,
    );
  const { before, after, workingMadeCount } = await revokeKey(database, {
    id,
    owner: visible.user,
    withMade,
  });
  context.audited = { before: { type: 'holdfast.v1.Key', message: encodeKey(before) } };
  await refreshCredentials();
  return encodeKey(after, workingMadeCount);
}
