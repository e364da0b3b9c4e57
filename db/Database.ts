import type { EntityManager } from '@mikro-orm/postgresql';

/** The registry's database; every question in db/ takes it first. Managed entities never leave `read` and `write`. */
export interface Database {
  /** host:port/name, for people. Never the password. */
  readonly address: string;
  /** Runs on a fresh entity manager, outside a transaction. @throws HoldfastError unavailable where PostgreSQL is away. */
  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** Runs in one transaction: all or nothing. @throws HoldfastError unavailable where PostgreSQL is away. */
  write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** What migrate() calls: all pending migrations on connections of their own. @returns names of the migrations applied */
  applyMigrations(): Promise<readonly string[]>;
  /** Waits for queries under way, then closes the pool. */
  close(): Promise<void>;
}
