import { findAlias } from '../../db/aliases/findAlias.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';

/** The model's Production version, or null. */
export const createProductionVersion =
  ({ database }: Pick<ActivityPorts, 'database'>) =>
  async (model: string): Promise<number | null> =>
    (await findAlias(database, model, 'production'))?.version ?? null;
