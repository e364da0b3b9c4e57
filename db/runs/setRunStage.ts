import type { Database } from '../Database.ts';
import { TrainingRunEntity } from '../entities/TrainingRunEntity.ts';
import { storableJson, storableText } from '../storable.ts';
import { noSuchRun } from './noSuchRun.ts';
import type { RunCandidate } from './Run.ts';

/**
 * Says what a run is doing now, and where given, how its candidates stand. A run that ended stays as it is: a late report of
 * an activity changes nothing.
 * @throws HoldfastError notFound
 */
export const setRunStage = (
  database: Database,
  id: string,
  stage: string,
  candidates?: readonly RunCandidate[],
): Promise<void> =>
  database.write(async manager => {
    const changed = await manager.nativeUpdate(
      TrainingRunEntity,
      { id, status: 'running' },
      { stage: storableText(stage), ...(candidates && { candidates: storableJson(candidates) }) },
    );
    if (changed === 0 && (await manager.count(TrainingRunEntity, { id })) === 0) throw noSuchRun(id);
  });
