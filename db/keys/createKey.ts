import type { RoleName } from '../../platform/access/roles.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import { findAccounts, pickAccount } from '../accounts/findAccounts.ts';
import type { ApiKey } from './ApiKey.ts';
import { selectKey } from './findKey.ts';

export interface NewKey {
  readonly id: string;
  readonly keyHash: string;
  readonly user: string;
  readonly name: string;
  readonly role: RoleName;
  readonly models: readonly string[];
  readonly creator: string;
  /** The key that makes it; null for a session. */
  readonly madeBy: string | null;
  /** Null: it does not end. */
  readonly expiresAt: Date | null;
}

/**
 * Records a key. The same id once more is the key that is there already.
 * @throws HoldfastError notFound (user)
 */
export const createKey = (database: Database, key: NewKey): Promise<ApiKey> =>
  database.write(async manager => {
    pickAccount(await findAccounts(manager), key.user);
    await manager.execute(
      `insert into api_key (id, key_hash, user_id, name, role, models, creator, made_by, expires_at)
       select ?, ?, u.id, ?, ?, array(select jsonb_array_elements_text(?::jsonb)), ?, ?, ?
       from user_account u where u.name = ?
       on conflict (id) do nothing`,
      [
        key.id,
        key.keyHash,
        key.name,
        key.role,
        JSON.stringify(key.models),
        key.creator,
        key.madeBy,
        key.expiresAt,
        key.user,
      ],
    );
    const created = await selectKey(manager, key);
    if (created !== null) return created;
    throw new HoldfastError(
      'internal',
      `The key ${key.id} is there already, of another user than ${key.user}.`,
    );
  });
