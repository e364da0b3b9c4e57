import { listKeys } from '../../db/keys/listKeys.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import type { ListKeysRequest, ListKeysResponse } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeKey } from './encodeKey.ts';
import { visibleKeys } from './visibleKeys.ts';

/** Those that the caller sees, newest first. @throws HoldfastError permissionDenied for another user's, unless an admin asks */
export async function listApiKeys(
  { database }: Pick<ControlPorts, 'database'>,
  { user, showEnded }: ListKeysRequest,
  { principal }: CallContext,
): Promise<ListKeysResponse> {
  const visible = visibleKeys(principal);
  if (visible.user !== undefined && user !== '' && user !== visible.user)
    throw new HoldfastError(
      'permissionDenied',
      `${principal.name} sees its own keys only; an admin sees those of ${user}.`,
    );
  const keys = await listKeys(database, { user: user || undefined, ...visible, working: !showEnded });
  return { keys: keys.map(encodeKey) };
}
