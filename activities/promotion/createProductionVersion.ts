import { listAliases } from '../../db/aliases/listAliases.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';

/** The model's Production version, or null. */
export const createProductionVersion =
  ({ database }: Pick<ActivityPorts, 'database'>) =>
  async (model: string): Promise<number | null> => {
    const aliases = await listAliases(database);
    return aliases.find(each => each.model === model && each.alias === 'production')?.version ?? null;
  };
