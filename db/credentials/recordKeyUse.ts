import type { Database } from '../Database.ts';

/** When a key was last presented. */
export interface KeyUse {
  readonly keyId: string;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

/** Control's and inference's notes are two tables, for each table has one writer; a time before the one noted changes nothing. */
const statements = {
  control: `update api_key k set last_used_at = u.used_at
    from (select key_id, to_timestamp(used_at / 1000.0) as used_at from jsonb_to_recordset(?::jsonb) as r (key_id text, used_at bigint)) u
    where k.id = u.key_id and (k.last_used_at is null or k.last_used_at < u.used_at)`,
  inference: `insert into inference_key_use as n (key_id, used_at)
    select k.id, to_timestamp(r.used_at / 1000.0) from jsonb_to_recordset(?::jsonb) as r (key_id text, used_at bigint)
      join api_key k on k.id = r.key_id
    on conflict (key_id) do update set used_at = greatest(n.used_at, excluded.used_at)`,
} as const;

/** Notes when keys were used at one of the servers. A key that is gone is passed over. */
export const recordKeyUse = (
  database: Database,
  server: keyof typeof statements,
  uses: readonly KeyUse[],
): Promise<void> =>
  database.write(async manager => {
    const rows = uses.map(({ keyId, usedAt }) => ({ key_id: keyId, used_at: usedAt }));
    await manager.execute(statements[server], [JSON.stringify(rows)]);
  });
