import type { Account } from '../../db/accounts/Account.ts';
import { roleOf } from '../../platform/access/roles.ts';
import type { User } from '../../proto/gen/holdfast/v1/account.ts';

export const encodeUser = (account: Account): User => ({
  name: account.name,
  role: roleOf(account.role),
  disabled: account.disabled,
  mustChangePassword: account.mustChangePassword,
  createTime: account.createdAt,
  lastLoginTime: account.lastLoginAt ?? undefined,
});
