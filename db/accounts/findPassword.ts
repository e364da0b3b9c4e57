import type { Database } from '../Database.ts';
import { UserAccountEntity } from '../entities/UserAccountEntity.ts';

/** The hash of a user's password; null where there is no such user, or one who may not log in. */
export const findPassword = (database: Database, name: string): Promise<string | null> =>
  database.read(async manager => {
    const row = await manager.findOne(
      UserAccountEntity,
      { name, disabled: false },
      { populate: ['passwordHash'] },
    );
    return row?.passwordHash ?? null;
  });
