import { raw } from '@mikro-orm/postgresql';
import type { Database } from '../Database.ts';
import { InferenceProcessEntity } from '../entities/InferenceProcessEntity.ts';
import { LIVE_WITHIN_MS, type ProcessReport } from './LoadedVersion.ts';

/** What the live inference processes last said of the model (or of every model), by PostgreSQL's clock. */
export const listLoaded = (database: Database, model?: string): Promise<ProcessReport[]> =>
  database.read(async manager => {
    const rows = await manager.find(
      InferenceProcessEntity,
      {
        ...(model && { model }),
        reportedAt: { $gt: raw(`now() - ? * interval '1 millisecond'`, [LIVE_WITHIN_MS]) },
      },
      { orderBy: { processId: 'asc', model: 'asc' } },
    );
    return rows.map(row => ({
      processId: row.processId,
      model: row.model,
      version: row.version,
      digest: row.digest,
      state: row.state,
      error: row.error ?? null,
      reportedAt: row.reportedAt,
    }));
  });
