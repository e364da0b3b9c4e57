import { defineEntity, p } from '@mikro-orm/core';

/** Table unloaded_model: the models that somebody took out of service. Only inference writes it; a promotion empties it. */
export const UnloadedModelEntity = defineEntity({
  name: 'UnloadedModel',
  tableName: 'unloaded_model',
  properties: {
    model: p.text().primary(),
    at: p.datetime(3).defaultRaw('now()'),
  },
});
