import type { EntityManager } from '@mikro-orm/postgresql';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import type { ApiKey } from './ApiKey.ts';
import { selectKey } from './findKey.ts';

export interface Revocation {
  readonly id: string;
  /** Whose the keys must be; left out: anybody's. */
  readonly owner?: string;
  /** Also the keys that it made, and those that they made in turn. */
  readonly withMade: boolean;
}

export interface Revoked {
  readonly before: ApiKey;
  readonly after: ApiKey;
  /** Keys that came of it and work on. */
  readonly workingMadeCount: number;
}

/**
 * Ends a key for good; one that was revoked stays as it is.
 * @throws HoldfastError notFound
 */
export const revokeKey = (database: Database, { id, owner, withMade }: Revocation): Promise<Revoked> =>
  database.write(async manager => {
    const before = await selectKey(manager, { id, user: owner });
    if (before === null)
      throw new HoldfastError(
        'notFound',
        `There is no key ${JSON.stringify(id)}${owner === undefined ? '' : ` of ${owner}`}. See \`./holdfast keys list\`.`,
      );
    await manager.execute(
      `update api_key set revoked_at = clock_timestamp() where id = ? and revoked_at is null`,
      [id],
    );
    if (withMade)
      await manager.execute(
        `${made} update api_key set revoked_at = clock_timestamp()
         where revoked_at is null and id in (select id from made)
           and (?::text is null or user_id = (select u.id from user_account u where u.name = ?))`,
        [id, owner ?? null, owner ?? null],
      );
    const after = (await selectKey(manager, { id })) ?? before;
    return { before, after, workingMadeCount: await countWorking(manager, id) };
  });

async function countWorking(manager: EntityManager, id: string): Promise<number> {
  const [{ count }] = await manager.execute<{ count: number }[]>(
    `${made} select count(*)::integer as count from api_key
     where id in (select id from made) and revoked_at is null and (expires_at is null or expires_at > now())`,
    [id],
  );
  return count;
}

/** What came of a key, through however many keys. */
const made = `
with recursive made (id) as (
  select id from api_key where made_by = ? union select k.id from api_key k join made m on k.made_by = m.id
)`;
