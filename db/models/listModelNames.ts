import type { Database } from '../Database.ts';

/** Every model that has a version, by name. */
export const listModelNames = (database: Database): Promise<string[]> =>
  database.read(async manager => {
    const rows = await manager.execute<{ name: string }[]>(
      'select distinct model as name from model_version order by model',
    );
    return rows.map(({ name }) => name);
  });
