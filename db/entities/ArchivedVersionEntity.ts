import { defineEntity, p } from '@mikro-orm/core';

/** Table archived_version: a version is archived while its row is here. Only archiveVersion and unarchiveVersion write it. */
export const ArchivedVersionEntity = defineEntity({
  name: 'ArchivedVersion',
  tableName: 'archived_version',
  properties: {
    model: p.text().primary(),
    version: p.integer().primary(),
    actor: p.text(),
    reason: p.text(),
    at: p.datetime(3),
  },
});
