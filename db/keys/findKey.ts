import type { EntityManager } from '@mikro-orm/postgresql';
import type { RoleName } from '../../platform/access/roles.ts';
import type { Database } from '../Database.ts';
import { toDate } from '../toDate.ts';
import type { ApiKey } from './ApiKey.ts';
import { keyList } from './keyList.ts';

export interface KeyFilter {
  readonly id: string;
  /** Whose it must be; left out: anybody's. */
  readonly user?: string;
}

/** A key as its list selects it. */
export interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly role: RoleName;
  readonly models: readonly string[];
  readonly creator: string;
  readonly made_by: string | null;
  readonly create_time: Date | string;
  readonly expire_time: Date | string | null;
  readonly revoke_time: Date | string | null;
  readonly last_use_time: Date | string | null;
}

/** Null where it is not there, or another user's. */
export const findKey = (database: Database, filter: KeyFilter): Promise<ApiKey | null> =>
  database.read(manager => selectKey(manager, filter));

/** The same in a transaction. */
export async function selectKey(manager: EntityManager, { id, user }: KeyFilter): Promise<ApiKey | null> {
  const [row] = await manager.execute<KeyRow[]>(
    `select * from (${keyList.from}) as item where id = ? and (?::text is null or item.user = ?)`,
    [id, user ?? null, user ?? null],
  );
  return row === undefined ? null : toApiKey(row);
}

export const toApiKey = (row: KeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  user: row.user,
  role: row.role,
  models: row.models,
  creator: row.creator,
  madeBy: row.made_by,
  createdAt: new Date(row.create_time),
  expiresAt: toDate(row.expire_time),
  revokedAt: toDate(row.revoke_time),
  lastUsedAt: toDate(row.last_use_time),
});
