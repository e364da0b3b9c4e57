import type { ListSource } from '../listing/ListSource.ts';
import { runStatuses } from './Run.ts';

/** Runs of every kind, as they are recorded. */
export const runList: ListSource = {
  name: 'runs',
  fields: {
    id: { type: 'text' },
    workflow_id: { type: 'text' },
    model: { type: 'text' },
    kind: { type: 'text' },
    trigger: { type: 'text' },
    status: { type: 'text', values: runStatuses, prefix: 'RUN_STATUS_' },
    dataset_version: { type: 'integer', optional: true },
    start_time: { type: 'time' },
    end_time: { type: 'time', optional: true },
  },
  order: 'start_time desc',
  key: ['id'],
  from: `
    select r.id, r.workflow_id, r.model, r.kind, r.trigger, r.status, d.version as dataset_version,
      r.started_at as start_time, r.finished_at as end_time
    from training_run r left join dataset_version d on d.id = r.dataset_version_id`,
};
