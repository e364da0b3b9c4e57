import type { Database } from '../Database.ts';

/** Ends a session; one that has ended is ended. */
export const closeSession = (database: Database, tokenHash: string): Promise<void> =>
  database.write(async manager => {
    await manager.execute(`delete from user_session where token_hash = ?`, [tokenHash]);
  });
