import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Database } from '../Database.ts';

export interface NewSession {
  readonly user: string;
  /** The hash that the password was checked against. */
  readonly passwordHash: string;
  readonly tokenHash: string;
  readonly expiresAt: Date;
}

/**
 * Opens a session of a user who has proved the password, and removes the user's that have expired.
 * @throws HoldfastError conflict where the password or the user changed since it was proved
 */
export const openSession = (
  database: Database,
  { user, passwordHash, tokenHash, expiresAt }: NewSession,
): Promise<void> =>
  database.write(async manager => {
    const [found] = await manager.execute<{ id: string }[]>(
      `update user_account set last_login_at = clock_timestamp()
       where name = ? and password_hash = ? and not disabled returning id`,
      [user, passwordHash],
    );
    if (found === undefined)
      throw new HoldfastError('conflict', `The user ${user} was changed meanwhile. Log in again.`);
    await manager.execute(`delete from user_session where user_id = ? and expires_at <= now()`, [found.id]);
    await manager.execute(`insert into user_session (token_hash, user_id, expires_at) values (?, ?, ?)`, [
      tokenHash,
      found.id,
      expiresAt,
    ]);
  });
