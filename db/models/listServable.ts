import type { Database } from '../Database.ts';

/** Every version of every model that is not archived, newest first within a model: by number alone, in one query. */
export const listServable = (
  database: Database,
): Promise<{ readonly model: string; readonly version: number }[]> =>
  database.read(manager =>
    manager.execute<{ model: string; version: number }[]>(`
      select v.model, v.version from model_version v
      where not exists (select from archived_version x where x.model = v.model and x.version = v.version)
      order by v.model, v.version desc`),
  );
