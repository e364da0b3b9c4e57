import { defineEntity, p } from '@mikro-orm/core';
import { experimentStatuses } from '../experiments/Experiment.ts';

/** Table experiment. Only startExperiment and changeExperiment write it. */
export const ExperimentEntity = defineEntity({
  name: 'Experiment',
  tableName: 'experiment',
  properties: {
    model: p.text().primary(),
    name: p.text().primary(),
    salt: p.text(),
    status: p.enum(experimentStatuses),
    revision: p.integer(),
    startedAt: p.datetime(3),
    endedAt: p.datetime(3).nullable(),
  },
});
