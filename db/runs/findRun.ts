import type { EntityManager } from '@mikro-orm/postgresql';
import { TrainingRunEntity } from '../entities/TrainingRunEntity.ts';
import type { Run } from './Run.ts';
import { toRun } from './toRun.ts';

/** A run by its id, within the caller's transaction. */
export async function findRun(manager: EntityManager, id: string): Promise<Run | null> {
  const row = await manager.findOne(
    TrainingRunEntity,
    { id },
    { populate: ['datasetVersion', 'definition'], refresh: true },
  );
  return row && toRun(row);
}
