import type { ListSource } from '../listing/ListSource.ts';

/** Customers that were submitted: the newest submission of each, with what is known of its outcome by now. */
export const customerList: ListSource = {
  name: 'customers',
  fields: {
    model: { type: 'text' },
    unit_key: { type: 'text' },
    submission_count: { type: 'integer' },
    submit_time: { type: 'time' },
    model_version: { type: 'integer' },
    probability: { type: 'number' },
    label: { type: 'text' },
    experiment: { type: 'text', optional: true },
    arm: { type: 'text', optional: true },
    outcome: { type: 'text', optional: true },
    outcome_time: { type: 'time', optional: true },
  },
  order: 'submit_time desc',
  key: ['model', 'unit_key'],
  from: `
    select c.model, c.unit_key, c.submission_count, c.submitted_at as submit_time, r.version as model_version, r.probability,
      r.label, r.experiment, r.arm, o.outcome, o.observed_at as outcome_time
    from customer c join production_row r on r.prediction_id = c.prediction_id
    left join lateral (
      select x.outcome, x.observed_at from outcome x
      where x.model = r.model and (x.unit_key = r.unit_key or x.prediction_id = r.prediction_id)
      order by x.recorded_at desc, x.id desc limit 1
    ) as o on true`,
};
