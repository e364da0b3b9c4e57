import { defineEntity, p } from '@mikro-orm/core';

/** Table inference_process: which processes live, by when they last said so. Only inference writes it. */
export const InferenceProcessEntity = defineEntity({
  name: 'InferenceProcess',
  tableName: 'inference_process',
  properties: {
    processId: p.text().primary(),
    reportedAt: p.datetime(3).defaultRaw('now()'),
  },
});
