import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';
import type { ApiKey } from './ApiKey.ts';
import { selectKey } from './findKey.ts';

/**
 * Ends a key for good; one that was revoked stays as it is.
 * @param owner whose it must be; left out: anybody's
 * @throws HoldfastError notFound
 */
export const revokeKey = (
  database: Database,
  id: string,
  owner?: string,
): Promise<{ readonly before: ApiKey; readonly after: ApiKey }> =>
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
    const after = (await selectKey(manager, { id })) ?? before;
    return { before, after };
  });
