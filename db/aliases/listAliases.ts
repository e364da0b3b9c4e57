import type { Database } from '../Database.ts';
import type { AliasTarget } from './Alias.ts';

/** Every alias of every model and the file it stands on, in one query: what an inference server is to hold. */
export const listAliases = (database: Database): Promise<AliasTarget[]> =>
  database.read(manager =>
    manager.execute<AliasTarget[]>(`
      select a.model, a.alias, a.version, v.digest, a.revision
      from model_alias a join model_version v on v.model = a.model and v.version = a.version
      order by a.model, a.alias`),
  );
