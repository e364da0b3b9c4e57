import type { Database } from '../Database.ts';
import { DatasetVersionEntity } from '../entities/DatasetVersionEntity.ts';
import type { DatasetSummary } from './DatasetVersion.ts';
import { toDatasetSummary } from './toDatasetVersion.ts';

/** Newest first; of every model where none is named. */
export const listDatasetVersions = (database: Database, model?: string): Promise<DatasetSummary[]> =>
  database.read(async manager => {
    const rows = await manager.find(DatasetVersionEntity, model ? { model } : {}, {
      orderBy: { createdAt: 'desc', id: 'desc' },
    });
    return rows.map(toDatasetSummary);
  });
