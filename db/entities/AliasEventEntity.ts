import { defineEntity, p } from '@mikro-orm/core';
import { aliasNames } from '../aliases/Alias.ts';

/** Table alias_event: append-only. Only moveAlias writes it. */
export const AliasEventEntity = defineEntity({
  name: 'AliasEvent',
  tableName: 'alias_event',
  properties: {
    id: p.integer().primary().autoincrement(),
    model: p.text(),
    alias: p.enum(aliasNames),
    /** 1, 2, … for each (model, alias), without gaps. */
    revision: p.integer(),
    fromVersion: p.integer().nullable(),
    toVersion: p.integer(),
    actor: p.text(),
    reason: p.text(),
    operationId: p.text(),
    at: p.datetime(3),
    previousRevision: p.integer().nullable().persist(false),
  },
});
