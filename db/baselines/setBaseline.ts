import type { Database } from '../Database.ts';
import { lockName } from '../lockName.ts';
import { storableText } from '../storable.ts';

export interface BaselineChoice {
  readonly model: string;
  readonly version: number;
  /** The `id` of a dataset version of the same model. */
  readonly datasetVersionId: number;
  readonly actor: string;
  readonly reason: string;
}

/** From now on the version's baseline is the dataset; choosing what is chosen already leaves no trace. */
export const setBaseline = (database: Database, choice: BaselineChoice): Promise<void> =>
  database.write(async manager => {
    const { model, version, datasetVersionId, actor, reason } = choice;
    await lockName(manager, `baseline of ${model}`);
    await manager.execute(
      `insert into drift_baseline (model, version, revision, dataset_version_id, actor, reason, at)
       select ?, ?::integer, coalesce(max(revision), 0) + 1, ?::integer, ?, ?, clock_timestamp()
       from drift_baseline where model = ? and version = ?::integer
       having (array_agg(dataset_version_id order by revision desc))[1] is distinct from ?::integer`,
      [
        model,
        version,
        datasetVersionId,
        storableText(actor),
        storableText(reason),
        model,
        version,
        datasetVersionId,
      ],
    );
  });
