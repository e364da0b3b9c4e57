import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { Database } from '../Database.ts';
import { DatasetVersionEntity } from '../entities/DatasetVersionEntity.ts';
import { type Page, readPage } from '../listing/readPage.ts';
import { datasetList } from './datasetList.ts';
import type { DatasetSummary } from './DatasetVersion.ts';
import { toDatasetSummary } from './toDatasetVersion.ts';

/** A page of dataset versions, without what is long. */
export const listDatasetVersions = (database: Database, query: ListQuery): Promise<Page<DatasetSummary>> =>
  database.read(async manager => {
    const { items, nextPageToken } = await readPage<{ id: number }>(manager, datasetList, query);
    const rows = await manager.find(DatasetVersionEntity, { id: { $in: items.map(({ id }) => id) } });
    const summaries = new Map(rows.map(row => [row.id, toDatasetSummary(row)]));
    return { items: items.flatMap(({ id }) => summaries.get(id) ?? []), nextPageToken };
  });
