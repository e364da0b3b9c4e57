import { raw } from '@mikro-orm/postgresql';
import type { Database } from '../Database.ts';
import { InferenceModelEntity } from '../entities/InferenceModelEntity.ts';
import { InferenceProcessEntity } from '../entities/InferenceProcessEntity.ts';
import { LIVE_WITHIN_MS, type LiveProcess } from './LoadedVersion.ts';

/** Every live inference process, by PostgreSQL's clock, with what it last said of the model. */
export const listLoaded = (database: Database, model: string): Promise<LiveProcess[]> =>
  database.read(async manager => {
    const processes = await manager.find(
      InferenceProcessEntity,
      { reportedAt: { $gt: raw(`now() - ? * interval '1 millisecond'`, [LIVE_WITHIN_MS]) } },
      { orderBy: { processId: 'asc' } },
    );
    const ids = processes.map(({ processId }) => processId);
    const rows = await manager.find(InferenceModelEntity, { model, processId: { $in: ids } });
    const loaded = new Map(rows.map(row => [row.processId, row]));
    return processes.map(({ processId, reportedAt }) => {
      const row = loaded.get(processId);
      if (row === undefined) return { processId, reportedAt, loaded: null };
      const { version, digest, state, error, loadedAt } = row;
      return {
        processId,
        reportedAt,
        loaded: { model, version, digest, state, error: error ?? null, loadedAt },
      };
    });
  });
