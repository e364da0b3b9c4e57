import { defineEntity, p } from '@mikro-orm/core';
import { roleNames } from '../../platform/access/roles.ts';

/** Table api_key: never changes, but for when it was used last and that it was revoked. Only control writes it. */
export const ApiKeyEntity = defineEntity({
  name: 'ApiKey',
  tableName: 'api_key',
  properties: {
    id: p.text().primary(),
    keyHash: p.text(),
    userId: p.uuid(),
    name: p.text(),
    role: p.enum(roleNames),
    models: p.array().columnType('text[]').defaultRaw("'{}'"),
    creator: p.text(),
    madeBy: p.text().nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    expiresAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
    /** At control; InferenceKeyUse holds the rest. */
    lastUsedAt: p.datetime(3).nullable(),
  },
});
