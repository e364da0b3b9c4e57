import type { ApiKey } from '../../db/keys/ApiKey.ts';
import { roleOf } from '../../platform/access/roles.ts';
import type { Key } from '../../proto/gen/holdfast/v1/account.ts';

/** @param workingMadeCount only told of a key that is revoked */
export const encodeKey = (key: ApiKey, workingMadeCount = 0): Key => ({
  id: key.id,
  name: key.name,
  user: key.user,
  role: roleOf(key.role),
  models: [...key.models],
  creator: key.creator,
  madeBy: key.madeBy ?? '',
  workingMadeCount,
  createTime: key.createdAt,
  expireTime: key.expiresAt ?? undefined,
  revokeTime: key.revokedAt ?? undefined,
  lastUseTime: key.lastUsedAt ?? undefined,
});
