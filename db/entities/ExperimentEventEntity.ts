import { defineEntity, p } from '@mikro-orm/core';
import type { BucketRange } from '../../ml/experiments/allocateBuckets.ts';
import { experimentEventKinds } from '../experiments/Experiment.ts';

/** Table experiment_event: append-only. Only startExperiment and changeExperiment write it. */
export const ExperimentEventEntity = defineEntity({
  name: 'ExperimentEvent',
  tableName: 'experiment_event',
  properties: {
    model: p.text().primary(),
    experiment: p.text().primary(),
    revision: p.integer().primary(),
    kind: p.enum(experimentEventKinds),
    allocation: p.json<readonly BucketRange[]>().columnType('json'),
    actor: p.text(),
    reason: p.text(),
    at: p.datetime(3),
  },
});
