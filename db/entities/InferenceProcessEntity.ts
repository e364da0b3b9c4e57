import { defineEntity, p } from '@mikro-orm/core';
import { loadStates } from '../processes/LoadedVersion.ts';

/** Table inference_process: which process has which version of a model loaded. Only inference writes it. */
export const InferenceProcessEntity = defineEntity({
  name: 'InferenceProcess',
  tableName: 'inference_process',
  properties: {
    processId: p.text().primary(),
    model: p.text().primary(),
    version: p.integer(),
    digest: p.text(),
    state: p.enum(loadStates),
    error: p.text().nullable(),
    reportedAt: p.datetime(3).defaultRaw('now()'),
  },
});
