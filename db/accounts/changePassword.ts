import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';

export interface PasswordChange {
  readonly user: string;
  /** The hash that the present password was checked against. */
  readonly presentHash: string;
  readonly passwordHash: string;
  /** The session that goes on; all others of the user end. */
  readonly sessionHash: string;
}

/** @throws HoldfastError conflict where the password was changed meanwhile, or the user is gone */
export const changePassword = (database: Database, change: PasswordChange): Promise<void> =>
  database.write(async manager => {
    const [changed] = await manager.execute<{ id: string }[]>(
      `update user_account set password_hash = ?, must_change_password = false
       where name = ? and password_hash = ? and not disabled returning id`,
      [change.passwordHash, change.user, change.presentHash],
    );
    if (changed === undefined)
      throw new HoldfastError(
        'conflict',
        `The password of ${change.user} was changed by somebody else meanwhile. Log in again.`,
      );
    await manager.execute(`delete from user_session where user_id = ? and token_hash <> ?`, [
      changed.id,
      change.sessionHash,
    ]);
  });
