import type { BucketRange } from '../../ml/experiments/allocateBuckets.ts';
import type { Database } from '../Database.ts';

/** What an arm showed under one allocation. */
export interface ArmTally {
  readonly arm: string;
  /** Units that were exposed to it first then. */
  readonly exposures: number;
  /** Those of them whose outcome was seen after their exposure, and those whose outcome is the positive label. */
  readonly outcomes: number;
  readonly positives: number;
}

export interface ResultPeriod {
  readonly allocation: readonly BucketRange[];
  readonly arms: readonly ArmTally[];
}

interface Row extends ArmTally {
  readonly revision: number;
  readonly allocation: readonly BucketRange[];
}

/**
 * Exposures and outcomes of an experiment, apart for each of its allocations, oldest first. Of a unit the newest report counts, of
 * itself or of the prediction that exposed it.
 */
export const readResults = (database: Database, model: string, experiment: string): Promise<ResultPeriod[]> =>
  database.read(async manager => {
    const rows = await manager.execute<Row[]>(
      `with shown as (
         select e.arm, e.unit_key, e.prediction_id, e.at, coalesce(max(v.revision), 1) as revision
         from exposure e left join experiment_event v
           on v.model = e.model and v.experiment = e.experiment and v.at <= e.at
         where e.model = ? and e.experiment = ?
         group by e.model, e.experiment, e.unit_key
       )
       select s.revision, s.arm, count(*)::integer as exposures,
         (count(*) filter (where o.observed_at >= s.at))::integer as outcomes,
         (count(*) filter (where o.observed_at >= s.at and o.positive))::integer as positives,
         (select v.allocation from experiment_event v where v.model = ? and v.experiment = ? and v.revision = s.revision) as allocation
       from shown s left join lateral (
         select x.observed_at, x.positive from outcome x
         where x.model = ? and (x.unit_key = s.unit_key or x.prediction_id = s.prediction_id)
         order by x.recorded_at desc, x.id desc limit 1
       ) o on true
       group by s.revision, s.arm order by s.revision, s.arm`,
      [model, experiment, model, experiment, model],
    );
    const periods = new Map<number, ResultPeriod & { readonly arms: ArmTally[] }>();
    for (const { revision, allocation, ...tally } of rows) {
      const period = periods.get(revision) ?? { allocation, arms: [] };
      period.arms.push(tally);
      periods.set(revision, period);
    }
    return [...periods.values()];
  });
