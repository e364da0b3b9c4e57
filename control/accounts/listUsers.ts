import { listAccounts } from '../../db/accounts/listAccounts.ts';
import type { ListUsersResponse } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeUser } from './encodeUser.ts';

/** By name. */
export const listUsers = async ({
  database,
}: Pick<ControlPorts, 'database'>): Promise<ListUsersResponse> => ({
  users: (await listAccounts(database)).map(encodeUser),
});
