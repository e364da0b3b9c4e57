import { keyList } from '../../db/keys/keyList.ts';
import { listKeys } from '../../db/keys/listKeys.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import type { ListKeysRequest, ListKeysResponse } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeKey } from './encodeKey.ts';
import { visibleKeys } from './visibleKeys.ts';

/**
 * Those that the caller sees.
 * @throws HoldfastError permissionDenied for another user's, unless an admin asks; invalidArgument (page, filter, order)
 */
export async function listApiKeys(
  { database }: Pick<ControlPorts, 'database'>,
  request: ListKeysRequest,
  { principal }: CallContext,
): Promise<ListKeysResponse> {
  const { user, showEnded } = request;
  const visible = visibleKeys(principal);
  if (visible.user !== undefined && user !== '' && user !== visible.user)
    throw new HoldfastError(
      'permissionDenied',
      `${principal.name} sees its own keys only; an admin sees those of ${user}.`,
    );
  const ended = showEnded ? undefined : false;
  const query = readListQuery(keyList, request, { user: user || undefined, ...visible, ended });
  const { items, nextPageToken } = await listKeys(database, query);
  return { keys: items.map(key => encodeKey(key)), nextPageToken };
}
