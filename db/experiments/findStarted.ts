import { allocateBuckets } from '../../ml/experiments/allocateBuckets.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import type { Database } from '../Database.ts';
import { ExperimentEventEntity } from '../entities/ExperimentEventEntity.ts';
import type { Experiment } from './Experiment.ts';
import { findExperiments } from './findExperiments.ts';
import type { NewExperiment } from './startExperiment.ts';

/** The experiment that this very start made since it was first asked for; null where it did not come so far. */
export const findStarted = (
  database: Database,
  { model, name, salt, arms, weights, actor, reason }: NewExperiment,
  { firstAt }: { readonly firstAt: Date },
): Promise<Experiment | null> =>
  database.read(async manager => {
    const [present] = await findExperiments(manager, { model, name });
    const start = await manager.findOne(ExperimentEventEntity, { model, experiment: name, revision: 1 });
    if (present === undefined || start === null || present.startedAt < firstAt) return null;
    const made = [present.salt, present.arms, start.allocation, start.actor, start.reason];
    const wanted = [salt, arms, allocateBuckets([], weights), actor, reason];
    return canonicalJson(made) === canonicalJson(wanted) ? present : null;
  });
