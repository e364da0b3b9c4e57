import { defineEntity, p } from '@mikro-orm/core';
import { aliasNames } from '../aliases/Alias.ts';

/** Table experiment_arm: what an experiment compares; never changes. Only startExperiment writes it. */
export const ExperimentArmEntity = defineEntity({
  name: 'ExperimentArm',
  tableName: 'experiment_arm',
  properties: {
    model: p.text().primary(),
    experiment: p.text().primary(),
    place: p.smallint().primary(),
    name: p.text(),
    version: p.integer().nullable(),
    alias: p.enum(aliasNames).nullable(),
    shadow: p.boolean(),
  },
});
