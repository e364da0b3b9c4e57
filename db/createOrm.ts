import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { entities } from './entities/entities.ts';
import { migrations } from './migrations/migrations.ts';
import { releaseLostClients } from './releaseLostClients.ts';

// MikroORM on PostgreSQL, connected when it is first asked. What the migrations make is the truth: nothing is discovered,
// created, compared or cached behind their back, and no type is read from the TypeScript compiler.

export interface OrmOptions {
  readonly url: string;
  /** The database's name in the URL. */
  readonly name: string;
  readonly poolSize: number;
  readonly applicationName: string;
}

export const createOrm = ({ url, name, poolSize, applicationName }: OrmOptions): Promise<MikroORM> =>
  MikroORM.init({
    dbName: name,
    entities,
    extensions: [Migrator],
    ensureDatabase: false,
    metadataCache: { enabled: false },
    migrations: {
      migrationsList: migrations,
      tableName: 'migration',
      snapshot: false,
      // It would switch off our triggers too (session_replication_role).
      disableForeignKeys: false,
      silent: true,
    },
    driverOptions: {
      // Read by pg itself, so that sslmode and the other parameters of a URL work.
      connectionString: url,
      onPoolCreated: releaseLostClients,
      application_name: applicationName,
      max: poolSize,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // A lock that is never let go must not hold up a process for ever.
      statement_timeout: 60_000,
      idle_in_transaction_session_timeout: 60_000,
    },
  });
