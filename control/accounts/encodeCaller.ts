import type { Principal } from '../../platform/access/Principal.ts';
import { roleOf } from '../../platform/access/roles.ts';
import { Role } from '../../proto/gen/holdfast/v1/access.ts';
import type { Caller } from '../../proto/gen/holdfast/v1/account.ts';

export const encodeCaller = (principal: Principal): Caller => ({
  name: principal.name,
  user: principal.user,
  keyId: principal.keyId,
  role: principal.role === null ? Role.ROLE_UNSPECIFIED : roleOf(principal.role),
  models: [...principal.models],
  mustChangePassword: principal.mustChangePassword,
  expireTime: principal.expiresAt === null ? undefined : new Date(principal.expiresAt),
});
