import type { Database } from '../Database.ts';
import { AccessRevisionEntity } from '../entities/AccessRevisionEntity.ts';

/** Another value whenever a user, session or key changed that decides who may do what. */
export const readAccessRevision = (database: Database): Promise<string> =>
  database.read(async manager => (await manager.findOneOrFail(AccessRevisionEntity, { id: true })).revision);
