import { allocateBuckets, type ArmWeight } from '../../ml/experiments/allocateBuckets.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import { ArchivedVersionEntity } from '../entities/ArchivedVersionEntity.ts';
import { lockName } from '../lockName.ts';
import { storableText } from '../storable.ts';
import type { Experiment, ExperimentArm } from './Experiment.ts';
import { findExperiments } from './findExperiments.ts';

export interface NewExperiment {
  readonly model: string;
  readonly name: string;
  readonly salt: string;
  readonly arms: readonly ExperimentArm[];
  /** Of every arm that answers, in the arms' order; they sum to all buckets. */
  readonly weights: readonly ArmWeight[];
  readonly actor: string;
  readonly reason: string;
}

/**
 * Records an experiment as running, with its arms and its first allocation.
 * @throws HoldfastError conflict where another runs of the model; alreadyExists where the name was used; failedPrecondition where
 *   an arm's version is archived
 */
export const startExperiment = (database: Database, asked: NewExperiment): Promise<Experiment> =>
  database.write(async manager => {
    const { model, name, salt, arms, weights, actor, reason } = asked;
    await lockName(manager, `experiments of ${model}`);
    for (const present of await findExperiments(manager, { model })) {
      if (present.name === name)
        throw new HoldfastError(
          'alreadyExists',
          `The model ${model} had an experiment ${name} before (${present.status}): choose another name, so that the units of the two are told apart.`,
        );
      if (present.status === 'running')
        throw new HoldfastError(
          'conflict',
          `The experiment ${present.name} of ${model} is running, and one runs at a time. Stop it first: \`./holdfast experiments stop ${present.name} --model ${model}\`.`,
        );
    }
    const archived = await manager.find(ArchivedVersionEntity, { model });
    const gone = arms.find(arm => archived.some(({ version }) => version === arm.version));
    if (gone !== undefined)
      throw new HoldfastError(
        'failedPrecondition',
        `Version ${gone.version} of ${model}, the arm ${gone.name}, is archived. Take it back first: \`./holdfast models unarchive ${model} ${gone.version}\`.`,
      );
    await manager.execute(
      `insert into experiment (model, name, salt, status, revision, started_at)
       values (?, ?, ?, 'running', 1, date_trunc('milliseconds', clock_timestamp()))`,
      [model, name, salt],
    );
    for (const [place, { name: arm, version, alias, shadow }] of arms.entries())
      await manager.execute(
        `insert into experiment_arm (model, experiment, place, name, version, alias, shadow) values (?, ?, ?, ?, ?, ?, ?)`,
        [model, name, place, arm, version, alias, shadow],
      );
    await manager.execute(
      `insert into experiment_event (model, experiment, revision, kind, allocation, actor, reason, at)
       select model, name, 1, 'start', ?::json, ?, ?, started_at from experiment where model = ? and name = ?`,
      [JSON.stringify(allocateBuckets([], weights)), storableText(actor), storableText(reason), model, name],
    );
    const [started] = await findExperiments(manager, { model, name });
    return started;
  });
