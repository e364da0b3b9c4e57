import type { Database } from '../Database.ts';
import { storableText } from '../storable.ts';
import type { LoadedVersion } from './LoadedVersion.ts';

/**
 * Replaces what an inference process says of itself, one entry a model, and dates it now. To be repeated well within
 * LIVE_WITHIN_MS. Reports that no process has renewed for a day are removed.
 */
export const reportLoaded = (
  database: Database,
  processId: string,
  loaded: readonly LoadedVersion[],
): Promise<void> =>
  database.write(async manager => {
    const report = loaded.map(({ error, ...rest }) => ({
      ...rest,
      error: error === null ? null : storableText(error),
    }));
    await manager.execute(
      `insert into inference_process (process_id, model, version, digest, state, error, reported_at)
       select ?, r.model, r.version, r.digest, r.state, r.error, clock_timestamp()
       from jsonb_to_recordset(?::jsonb) as r (model text, version integer, digest text, state text, error text)
       on conflict (process_id, model) do update set
         version = excluded.version, digest = excluded.digest, state = excluded.state, error = excluded.error,
         reported_at = excluded.reported_at`,
      [processId, JSON.stringify(report)],
    );
    await manager.execute(
      `delete from inference_process
       where process_id = ? and not model = any (array(select jsonb_array_elements_text(?::jsonb)))
          or reported_at < now() - interval '1 day'`,
      [processId, JSON.stringify(loaded.map(({ model }) => model))],
    );
  });
