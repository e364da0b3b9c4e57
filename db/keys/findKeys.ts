import type { EntityManager } from '@mikro-orm/postgresql';
import type { ApiKey } from './ApiKey.ts';

export interface KeyFilter {
  readonly id?: string;
  readonly user?: string;
  /** Leaves out those that were revoked or have expired. */
  readonly working?: boolean;
}

type Row = Omit<ApiKey, 'createdAt' | 'expiresAt' | 'revokedAt' | 'lastUsedAt'> & {
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
};

/** Newest first. */
export async function findKeys(
  manager: EntityManager,
  { id, user, working = false }: KeyFilter,
): Promise<ApiKey[]> {
  const rows = await manager.execute<Row[]>(
    `select k.id, k.name, u.name as user, k.role, k.models, k.creator, k.created_at, k.expires_at, k.revoked_at,
       greatest(k.last_used_at, n.used_at) as last_used_at
     from api_key k join user_account u on u.id = k.user_id left join inference_key_use n on n.key_id = k.id
     where (?::text is null or k.id = ?) and (?::text is null or u.name = ?)
       and (not ? or k.revoked_at is null and (k.expires_at is null or k.expires_at > now()))
     order by k.created_at desc, k.id`,
    [id ?? null, id ?? null, user ?? null, user ?? null, working],
  );
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    user: row.user,
    role: row.role,
    models: row.models,
    creator: row.creator,
    createdAt: new Date(row.created_at),
    expiresAt: toDate(row.expires_at),
    revokedAt: toDate(row.revoked_at),
    lastUsedAt: toDate(row.last_used_at),
  }));
}

const toDate = (text: string | null): Date | null => (text === null ? null : new Date(text));
