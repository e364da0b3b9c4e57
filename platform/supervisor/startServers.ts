import { join } from 'node:path';
import { LOOPBACK } from '../addresses.ts';
import type { Configuration } from '../configuration.ts';
import { startEmbeddedPostgres } from '../postgres/startEmbeddedPostgres.ts';
import { connectTemporal } from '../temporal/connectTemporal.ts';
import { ensureSearchAttributes } from '../temporal/ensureSearchAttributes.ts';
import { findTemporal } from '../temporal/findTemporal.ts';
import { startTemporal } from '../temporal/startTemporal.ts';
import type { HomeFolders } from './prepareHome.ts';
import { rotateLog } from './rotateLog.ts';
import { superviseServer } from './superviseServer.ts';

// The two servers that everything else needs: ours, or those the environment names.

export interface ServerContext {
  readonly configuration: Configuration;
  readonly folders: HomeFolders;
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface RunningServer {
  /** PostgreSQL's URL, Temporal's address. */
  readonly address: string;
  stop(): Promise<void>;
  kill(): void;
}

/** One that the environment names is not ours to stop. */
const foreign = (address: string): RunningServer => ({
  address,
  stop: async () => undefined,
  kill: () => undefined,
});

/** @throws HoldfastError where it cannot be started. With DATABASE_URL nothing is started; migrating tells whether it answers. */
export async function startPostgres({
  configuration,
  folders,
  say,
  warn,
  signal,
}: ServerContext): Promise<RunningServer> {
  const { databaseUrl, ports, home } = configuration;
  if (databaseUrl !== undefined) return foreign(databaseUrl);
  const logFile = join(folders.logs, 'postgres.log');
  rotateLog(logFile);
  const logger = { warn: (_fields: object, message: string) => warn(`postgres: ${message}`) };
  const server = await superviseServer(
    { name: 'postgres', runFolder: folders.run },
    (stop, onSpawn) =>
      startEmbeddedPostgres({
        folder: join(home, 'postgres'),
        port: ports.postgres,
        logFile,
        logger,
        onSpawn,
        signal: stop,
      }),
    warn,
    signal,
  );
  say(`PostgreSQL answers on ${LOOPBACK}:${ports.postgres}`);
  return { address: server.first.url, stop: () => server.stop(), kill: () => server.kill() };
}

/** How long a server named by TEMPORAL_ADDRESS is waited for: it may be starting beside us. */
const FOREIGN_WAIT_MS = 8000;

/** @throws HoldfastError where it cannot be found, fetched, started or reached. */
export async function startOrReachTemporal(context: ServerContext): Promise<RunningServer> {
  const { configuration, folders, say, warn, signal } = context;
  const { temporalAddress: address, temporalNamespace: namespace, ports, home } = configuration;
  if (address !== undefined) {
    const connection = await connectTemporal({ address, namespace, waitMs: FOREIGN_WAIT_MS, signal });
    try {
      await ensureSearchAttributes(connection, namespace, signal);
    } finally {
      await connection.close();
    }
    return foreign(address);
  }
  const found = await findTemporal({ fallbackFolder: join(home, 'cache'), print: say, signal });
  const logFile = join(folders.logs, 'temporal.log');
  rotateLog(logFile);
  const server = await superviseServer(
    { name: 'temporal', runFolder: folders.run },
    (stop, onSpawn) =>
      startTemporal({
        executable: found.path,
        folder: join(home, 'temporal'),
        port: ports.temporal,
        uiPort: ports.temporalUi,
        namespace,
        logFile,
        onSpawn,
        signal: stop,
      }),
    warn,
    signal,
  );
  say(`Temporal ${found.version} answers on ${server.first.address}`);
  return { address: server.first.address, stop: () => server.stop(), kill: () => server.kill() };
}
