import { HoldfastError } from '../../platform/HoldfastError.ts';
import { didYouMean } from '../../platform/suggest.ts';
import type { Database } from '../Database.ts';
import { ExperimentEventEntity } from '../entities/ExperimentEventEntity.ts';
import type { Experiment, ExperimentEvent } from './Experiment.ts';
import { findExperiments } from './findExperiments.ts';

/** One experiment with its history, oldest first. @throws HoldfastError notFound, with the name that was probably meant */
export const getExperiment = (
  database: Database,
  model: string,
  name: string,
): Promise<Experiment & { readonly events: readonly ExperimentEvent[] }> =>
  database.read(async manager => {
    const ofModel = await findExperiments(manager, { model });
    const found = ofModel.find(experiment => experiment.name === name);
    if (found === undefined) throw noSuchExperiment(model, name, ofModel);
    const events = await manager.find(
      ExperimentEventEntity,
      { model, experiment: name },
      { orderBy: { revision: 'asc' } },
    );
    return {
      ...found,
      events: events.map(({ revision, kind, allocation, actor, reason, at }) => ({
        revision,
        kind,
        allocation,
        actor,
        reason,
        at,
      })),
    };
  });

export const noSuchExperiment = (
  model: string,
  name: string,
  present: readonly Pick<Experiment, 'name'>[],
): HoldfastError =>
  new HoldfastError(
    'notFound',
    `The model ${model} has no experiment ${JSON.stringify(name)}.${didYouMean(
      name,
      present.map(experiment => experiment.name),
    )} See \`./holdfast experiments list --model ${model}\`.`,
  );
