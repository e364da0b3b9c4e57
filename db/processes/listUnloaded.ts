import type { Database } from '../Database.ts';
import { UnloadedModelEntity } from '../entities/UnloadedModelEntity.ts';

/** The models that every inference process keeps out of service. */
export const listUnloaded = (database: Database): Promise<string[]> =>
  database.read(async manager => (await manager.find(UnloadedModelEntity, {})).map(({ model }) => model));
