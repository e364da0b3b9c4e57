import { defineEntity, p } from '@mikro-orm/core';

/** Table user_session: one row a login, gone when it has ended. Only control writes it. */
export const UserSessionEntity = defineEntity({
  name: 'UserSession',
  tableName: 'user_session',
  properties: {
    tokenHash: p.text().primary(),
    userId: p.uuid(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    expiresAt: p.datetime(3),
  },
});
