import type { Database } from './Database.ts';

/**
 * Brings the schema up to date, all pending migrations or none. Processes that start together wait for one another.
 * @returns names of the migrations applied; empty where nothing was to do
 * @throws HoldfastError failedPrecondition where a newer program migrated the database
 */
export const migrate = (database: Database): Promise<readonly string[]> => database.applyMigrations();
