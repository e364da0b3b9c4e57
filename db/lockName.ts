import type { EntityManager } from '@mikro-orm/postgresql';

/** Holds a lock by name until the transaction ends, so that whoever numbers or moves the same thing waits. */
export async function lockName(manager: EntityManager, name: string): Promise<void> {
  await manager.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`holdfast ${name}`]);
}
