import { defineEntity, p } from '@mikro-orm/core';
import { loadStates } from '../processes/LoadedVersion.ts';

/** Table inference_model: which version of a model a process took last. Goes with its process. Only inference writes it. */
export const InferenceModelEntity = defineEntity({
  name: 'InferenceModel',
  tableName: 'inference_model',
  properties: {
    processId: p.text().primary(),
    model: p.text().primary(),
    version: p.integer(),
    digest: p.text(),
    state: p.enum(loadStates),
    error: p.text().nullable(),
    loadedAt: p.datetime(3).defaultRaw('now()'),
  },
});
