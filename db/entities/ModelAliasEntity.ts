import { defineEntity, p } from '@mikro-orm/core';
import { aliasNames } from '../aliases/Alias.ts';

/** Table model_alias. Only moveAlias writes it. */
export const ModelAliasEntity = defineEntity({
  name: 'ModelAlias',
  tableName: 'model_alias',
  properties: {
    model: p.text().primary(),
    alias: p.enum(aliasNames).primary(),
    version: p.integer(),
    revision: p.integer(),
    changedAt: p.datetime(3),
  },
});
