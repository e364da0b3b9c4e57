import type { Database } from '../Database.ts';
import type { AliasName, AliasTarget } from './Alias.ts';

/** Where an alias stands; null where it stands nowhere yet. */
export const findAlias = (database: Database, model: string, alias: AliasName): Promise<AliasTarget | null> =>
  database.read(async manager => {
    const [target] = await manager.execute<AliasTarget[]>(
      `select a.model, a.alias, a.version, v.digest, a.revision
       from model_alias a join model_version v on v.model = a.model and v.version = a.version
       where a.model = ? and a.alias = ?`,
      [model, alias],
    );
    return target ?? null;
  });
