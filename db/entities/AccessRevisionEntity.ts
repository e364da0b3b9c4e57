import { defineEntity, p } from '@mikro-orm/core';

/** Table access_revision: one row, raised by triggers with every change of who may do what. */
export const AccessRevisionEntity = defineEntity({
  name: 'AccessRevision',
  tableName: 'access_revision',
  properties: {
    id: p.boolean().primary().default(true),
    revision: p.bigint('string'),
  },
});
