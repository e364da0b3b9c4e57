import { defineEntity, p } from '@mikro-orm/core';

/** Table inference_key_use: when inference was called with a key last, to the minute. Only inference writes it. */
export const InferenceKeyUseEntity = defineEntity({
  name: 'InferenceKeyUse',
  tableName: 'inference_key_use',
  properties: {
    keyId: p.text().primary(),
    usedAt: p.datetime(3),
  },
});
