import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { Database } from '../Database.ts';
import { type Page, readPage } from '../listing/readPage.ts';
import { modelList } from './modelList.ts';

export interface ModelSummary {
  readonly name: string;
  readonly versionCount: number;
  /** Null while nothing is there. */
  readonly productionVersion: number | null;
  readonly stagingVersion: number | null;
}

interface Row {
  readonly name: string;
  readonly version_count: number;
  readonly production_version: number | null;
  readonly staging_version: number | null;
}

/** Models that have a version, a page of them. */
export const listModels = (database: Database, query: ListQuery): Promise<Page<ModelSummary>> =>
  database.read(async manager => {
    const { items, nextPageToken } = await readPage<Row>(manager, modelList, query);
    return { items: items.map(toSummary), nextPageToken };
  });

const toSummary = (row: Row): ModelSummary => ({
  name: row.name,
  versionCount: row.version_count,
  productionVersion: row.production_version,
  stagingVersion: row.staging_version,
});
