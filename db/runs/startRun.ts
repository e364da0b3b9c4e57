import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import { TrainingRunEntity } from '../entities/TrainingRunEntity.ts';
import { storableJson, storableText } from '../storable.ts';
import { findRun } from './findRun.ts';
import type { Run, RunKind } from './Run.ts';

export interface NewRun {
  /** Temporal's first execution run id: the same for every attempt and every continuation of a workflow. */
  readonly id: string;
  readonly workflowId: string;
  readonly model: string;
  /** Default: trainModel. */
  readonly kind?: RunKind;
  readonly trigger: string;
  readonly input: object;
  readonly definition: object;
  readonly definitionDigest: string;
  readonly seed: number;
}

/** Records that a run began; where it is recorded already, it is answered as it is now. */
export const startRun = (database: Database, run: NewRun): Promise<Run> =>
  database.write(async manager => {
    await manager
      .createQueryBuilder(TrainingRunEntity)
      .insert({
        id: run.id,
        workflowId: run.workflowId,
        model: run.model,
        kind: run.kind ?? 'trainModel',
        trigger: storableText(run.trigger),
        input: storableJson({ ...run.input }),
        definition: storableJson({ ...run.definition }),
        definitionDigest: run.definitionDigest,
        seed: run.seed,
      })
      .onConflict('id')
      .ignore()
      .execute();
    const recorded = await findRun(manager, run.id);
    if (recorded?.model !== run.model)
      throw new HoldfastError(
        'internal',
        `Run ${run.id} is recorded for the model ${recorded?.model}, not ${run.model}.`,
      );
    return recorded;
  });
