import type { BucketRange } from '../../ml/experiments/allocateBuckets.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import { lockName } from '../lockName.ts';
import { storableText } from '../storable.ts';
import type { Experiment } from './Experiment.ts';
import { findExperiments } from './findExperiments.ts';
import { noSuchExperiment } from './getExperiment.ts';

export interface ExperimentChange {
  readonly model: string;
  readonly name: string;
  readonly kind: 'adjust' | 'stop';
  /** The allocation from now on, out of the present experiment. */
  readonly allocate: (present: Experiment) => readonly BucketRange[];
  readonly actor: string;
  readonly reason: string;
}

/**
 * Adjusts or stops a running experiment: the change and its event are one transaction, and changes wait for one another.
 * @throws HoldfastError notFound; failedPrecondition where it has stopped already
 */
export const changeExperiment = (database: Database, change: ExperimentChange): Promise<Experiment> =>
  database.write(async manager => {
    const { model, name, kind, allocate, actor, reason } = change;
    await lockName(manager, `experiments of ${model}`);
    const ofModel = await findExperiments(manager, { model });
    const present = ofModel.find(experiment => experiment.name === name);
    if (present === undefined) throw noSuchExperiment(model, name, ofModel);
    if (present.status !== 'running')
      throw new HoldfastError(
        'failedPrecondition',
        `The experiment ${name} of ${model} stopped at ${present.endedAt?.toISOString()}: it never changes again. Start another one.`,
      );
    await manager.execute(
      `with changed as (
         update experiment set
           revision = revision + 1,
           status = case when ? = 'stop' then 'stopped' else status end,
           ended_at = case when ? = 'stop' then greatest(date_trunc('milliseconds', clock_timestamp()), started_at) end
         where model = ? and name = ?
         returning model, name, revision, ended_at
       )
       insert into experiment_event (model, experiment, revision, kind, allocation, actor, reason, at)
       select model, name, revision, ?, ?::json, ?, ?, coalesce(ended_at, date_trunc('milliseconds', clock_timestamp()))
       from changed`,
      [
        kind,
        kind,
        model,
        name,
        kind,
        JSON.stringify(allocate(present)),
        storableText(actor),
        storableText(reason),
      ],
    );
    const [changed] = await findExperiments(manager, { model, name });
    return changed;
  });
