import type { MikroORM } from '@mikro-orm/postgresql';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { migrations } from './migrations.ts';

// Migrations run in one transaction under a lock. The migrator keeps its list on a second connection while the first holds
// the lock, so each call has a pool of its own with two: with fewer, or shared, waiting callers could starve the one at work.

/** Any number, the same in every process that migrates. */
const MIGRATION_LOCK = 8_419_302_211;

/**
 * @param connect opens an ORM with a pool of the given size, closed here
 * @param address of the database, for messages
 * @returns names of the migrations applied
 */
export async function applyMigrations(
  connect: (poolSize: number) => Promise<MikroORM>,
  address: string,
): Promise<readonly string[]> {
  const orm = await connect(2);
  try {
    return await orm.em.fork().transactional(async manager => {
      // Another's migration, or our own on much data, may take its time.
      await manager.execute('set local statement_timeout = 0');
      await manager.execute('set local idle_in_transaction_session_timeout = 0');
      await manager.execute('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
      await refuseNewerSchema(orm, address);
      const applied = await orm.migrator.up({ transaction: manager.getTransactionContext() });
      return applied.map(({ name }) => name);
    });
  } finally {
    await orm.close();
  }
}

async function refuseNewerSchema(orm: MikroORM, address: string): Promise<void> {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = (await orm.migrator.getExecuted()).map(({ name }) => name).filter(name => !known.has(name));
  if (unknown.length > 0)
    throw new HoldfastError(
      'failedPrecondition',
      `${address} was migrated by a newer Holdfast (${unknown.join(', ')}). Start that version, or use another database.`,
    );
}
