import { listAccountsPage } from '../../db/accounts/listAccountsPage.ts';
import { userList } from '../../db/accounts/userList.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import type { ListUsersRequest, ListUsersResponse } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeUser } from './encodeUser.ts';

/** @throws HoldfastError invalidArgument (page, filter, order) */
export async function listUsers(
  { database }: Pick<ControlPorts, 'database'>,
  request: ListUsersRequest,
): Promise<ListUsersResponse> {
  const { items, nextPageToken } = await listAccountsPage(database, readListQuery(userList, request, {}));
  return { users: items.map(encodeUser), nextPageToken };
}
