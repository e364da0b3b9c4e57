import type { Database } from '../../db/Database.ts';
import { getRun } from '../../db/runs/getRun.ts';
import type { Run } from '../../db/runs/Run.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';

/** A run's row by its id or its workflow's; null where the registry has none. */
export async function findRow(database: Database, reference: string): Promise<Run | null> {
  try {
    return await getRun(database, reference);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'notFound') return null;
    throw error;
  }
}
