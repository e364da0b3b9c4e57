import type { Database } from '../Database.ts';

export interface ModelSummary {
  readonly name: string;
  readonly versionCount: number;
  /** Null while nothing is there. */
  readonly productionVersion: number | null;
  readonly stagingVersion: number | null;
}

/** Every model that has a version, by name. */
export const listModels = (database: Database): Promise<ModelSummary[]> =>
  database.read(manager =>
    manager.execute<ModelSummary[]>(`
      select v.model as name, count(distinct v.version)::integer as "versionCount",
        max(v.version) filter (where a.alias = 'production') as "productionVersion",
        max(v.version) filter (where a.alias = 'staging') as "stagingVersion"
      from model_version v
      left join model_alias a on a.model = v.model and a.version = v.version
      group by v.model order by v.model`),
  );
