import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { createOrm } from './createOrm.ts';
import type { Database } from './Database.ts';
import { describeDatabaseError } from './describeDatabaseError.ts';
import { applyMigrations } from './migrations/applyMigrations.ts';

// One pool of connections a process. Errors of idle connections (PostgreSQL stopped, a network cut) are taken by the pool,
// which opens new ones when they are asked for: a process outlives its database.

/** What takes longer is cut off by PostgreSQL (createOrm.ts). */
const LONGEST_QUERY_MS = 60_000;

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`, with the parameters that libpq knows (`sslmode`, …). */
  readonly url: string;
  /** Most connections at once. Default 10. */
  readonly poolSize?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
}

/**
 * Opens a pool and asks PostgreSQL one question.
 * @throws HoldfastError invalidArgument (not a URL), unavailable (not reachable), failedPrecondition (refused the user)
 */
export async function openDatabase({
  url,
  poolSize = 10,
  applicationName,
}: DatabaseOptions): Promise<Database> {
  const { name, address } = parseUrl(url);
  const connect = (size: number) => createOrm({ url, name, poolSize: size, applicationName });
  const orm = await connect(poolSize);
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | null = null;
  const described = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closing !== null)
      throw new HoldfastError(
        'unavailable',
        `This process has closed its connections to ${address}: it is stopping.`,
      );
    const working = work();
    underWay.add(working);
    try {
      return await working;
    } catch (error) {
      throw describeDatabaseError(error, address);
    } finally {
      underWay.delete(working);
    }
  };
  // A pool that is closed while a connection is on its way to somebody loses it, and waits for it for ever.
  const close = async (): Promise<void> => {
    await Promise.race([Promise.allSettled(underWay), sleep(LONGEST_QUERY_MS, undefined, { ref: false })]);
    await orm.close();
  };
  const database: Database = {
    address,
    read: work => described(() => work(orm.em.fork())),
    write: work => described(() => orm.em.fork().transactional(work)),
    applyMigrations: () => described(() => applyMigrations(connect, address)),
    close: () => (closing ??= close()),
  };
  try {
    await database.read(manager => manager.execute('select 1'));
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

function parseUrl(text: string): { name: string; address: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const name = url && decodeURIComponent(url.pathname).replace(/^\//, '');
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || !name)
    throw new HoldfastError(
      'invalidArgument',
      'DATABASE_URL is not valid: expected postgres://user:password@host:port/database.',
    );
  const host = url.hostname || url.searchParams.get('host') || 'localhost';
  return { name, address: `${host}:${url.port || url.searchParams.get('port') || '5432'}/${name}` };
}
