import type { ListSource } from '../listing/ListSource.ts';
import { experimentStatuses } from './Experiment.ts';

/** Experiments of every model. */
export const experimentList: ListSource = {
  name: 'experiments',
  fields: {
    model: { type: 'text' },
    name: { type: 'text' },
    salt: { type: 'text' },
    status: { type: 'text', values: experimentStatuses, prefix: 'EXPERIMENT_STATUS_' },
    revision: { type: 'integer' },
    start_time: { type: 'time' },
    end_time: { type: 'time', optional: true },
  },
  order: 'start_time desc, model, name',
  key: ['model', 'name'],
  from: `
    select model, name, salt, status, revision, started_at as start_time, ended_at as end_time from experiment`,
};
