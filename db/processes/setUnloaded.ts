import type { Database } from '../Database.ts';

/** Takes a model out of service, or back into it; either is fine twice. The processes are told at the commit. */
export const setUnloaded = (database: Database, model: string, unloaded: boolean): Promise<void> =>
  database.write(async manager => {
    await manager.execute(
      unloaded
        ? 'insert into unloaded_model (model) values (?) on conflict (model) do nothing'
        : 'delete from unloaded_model where model = ?',
      [model],
    );
  });
