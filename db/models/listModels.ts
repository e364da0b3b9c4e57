import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { AliasRevisions } from '../aliases/Alias.ts';
import type { Database } from '../Database.ts';
import { type Page, readPage } from '../listing/readPage.ts';
import { modelList } from './modelList.ts';

export interface ModelSummary {
  readonly name: string;
  readonly versionCount: number;
  /** Null while nothing is there. */
  readonly productionVersion: number | null;
  readonly stagingVersion: number | null;
  readonly revisions: AliasRevisions;
}

interface Row {
  readonly name: string;
  readonly version_count: number;
  readonly production_version: number | null;
  readonly staging_version: number | null;
  readonly production_revision: number;
  readonly staging_revision: number;
}

/** Models that have a version, a page of them. */
export const listModels = (database: Database, query: ListQuery): Promise<Page<ModelSummary>> =>
  database.read(async manager => {
    const { items, nextPageToken } = await readPage<Row>(manager, modelList, query);
    return { items: items.map(toSummary), nextPageToken };
  });

/** One of them; null where it has no version. */
export const findModel = (database: Database, name: string): Promise<ModelSummary | null> =>
  database.read(async manager => {
    const [row] = await manager.execute<Row[]>(`select * from (${modelList.from}) as item where name = ?`, [
      name,
    ]);
    return row === undefined ? null : toSummary(row);
  });

const toSummary = (row: Row): ModelSummary => ({
  name: row.name,
  versionCount: row.version_count,
  productionVersion: row.production_version,
  stagingVersion: row.staging_version,
  revisions: { production: row.production_revision, staging: row.staging_revision },
});
