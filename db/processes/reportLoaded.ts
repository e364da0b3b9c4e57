import type { Database } from '../Database.ts';
import { storableText } from '../storable.ts';
import type { LoadedVersion } from './LoadedVersion.ts';

/**
 * Says that an inference process lives, now, and replaces what it says of its models, one entry a model; none is fine. To be
 * repeated well within LIVE_WITHIN_MS. Processes that have been silent for a day are removed.
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
    // First, so that two reports of one process come one after the other.
    await manager.execute(
      `insert into inference_process (process_id, reported_at) values (?, clock_timestamp())
       on conflict (process_id) do update set reported_at = excluded.reported_at`,
      [processId],
    );
    await manager.execute(
      `insert into inference_model as m (process_id, model, version, digest, state, error, loaded_at)
       select ?, r.model, r.version, r.digest, r.state, r.error, clock_timestamp()
       from jsonb_to_recordset(?::jsonb) as r (model text, version integer, digest text, state text, error text)
       on conflict (process_id, model) do update set
         version = excluded.version, digest = excluded.digest, state = excluded.state, error = excluded.error,
         loaded_at = excluded.loaded_at
       where (m.version, m.digest, m.state, m.error)
         is distinct from (excluded.version, excluded.digest, excluded.state, excluded.error)`,
      [processId, JSON.stringify(report)],
    );
    await manager.execute(
      `delete from inference_model
       where process_id = ? and not model = any (array(select jsonb_array_elements_text(?::jsonb)))`,
      [processId, JSON.stringify(loaded.map(({ model }) => model))],
    );
    // What another process is removing, or what has just come back to life, is left to it.
    await manager.execute(
      `delete from inference_process where process_id in (
         select process_id from inference_process where reported_at < now() - interval '1 day' for update skip locked)`,
    );
  });
