import { type ChildProcess, spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { LOOPBACK } from '../addresses.ts';
import { HoldfastError } from '../HoldfastError.ts';
import { assertPortFree } from '../lifecycle/assertPortFree.ts';
import { fileError } from '../lifecycle/fileError.ts';
import { processStartTime } from '../lifecycle/processStartTime.ts';
import { initializeCluster, POSTGRES_USER } from './initializeCluster.ts';
import { type PostgresAccount, postgresAccount } from './postgresAccount.ts';
import { type PostgresBinaries, postgresBinaries } from './postgresBinaries.ts';
import { postgresExitError } from './postgresExitError.ts';
import { clearPostmasterLock, stopPostmaster } from './postmasterLock.ts';

// The embedded PostgreSQL: real server programs that came with npm, run on a folder of ours. Writes stay durable (fsync is
// on). It lives in a process group of its own and logs into a file, so neither the terminal's Ctrl-C nor the death of the
// process that started it hurts it; the next start stops such a leftover and goes on with its data. It listens on loopback.

const DATABASE = 'holdfast';

export interface EmbeddedPostgresOptions {
  /** Holds `data/` and `password`; made where missing. */
  readonly folder: string;
  readonly port: number;
  /** Default: `<folder>/postgres.log`. Appended to. */
  readonly logFile?: string;
  /** Told in constant sentences, when something unusual is done. */
  readonly logger?: { warn(fields: object, message: string): void };
  /** Told at once, long before the server answers, so that it can be found after a kill -9. */
  readonly onSpawn?: (pid: number) => void;
  /** Gives up waiting (and stops the server) when aborted. */
  readonly signal?: AbortSignal;
}

export interface EmbeddedPostgres {
  /** `postgres://…` of the database `holdfast`, with a superuser's password inside: not to be logged. */
  readonly url: string;
  readonly pid: number;
  /** Settles when the server is gone, for whatever reason. */
  readonly exited: Promise<void>;
  /** Fast shutdown, then harder; settles when the server is gone. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on the folder (made by initdb the first time, recovered after a crash) and waits until it answers.
 * @throws HoldfastError failedPrecondition (port taken, folder not usable, root without another account),
 * resourceExhausted (disk full), internal (with what PostgreSQL said).
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { folder, port } = options;
  const data = join(folder, 'data');
  const logFile = options.logFile ?? join(folder, 'postgres.log');
  const binaries = postgresBinaries();
  try {
    // To be passed by the account that root lends; `data` and `password` in it are closed.
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError(error, folder);
  }
  const account = postgresAccount([folder, binaries.folder], ownerOf(data));
  await clearPostmasterLock(data);
  await assertPortFree({ purpose: 'PostgreSQL', port, variable: 'HOLDFAST_POSTGRES_PORT' });
  const password = await initializeCluster(folder, binaries, account);
  allowLoopback(data, account);
  const server = await launch(options, { data, logFile, binaries, account, password });
  return server;
}

interface Launch {
  readonly data: string;
  readonly logFile: string;
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount;
  readonly password: string;
}

/** How often a start is tried again while orphaned backends of a killed server still hold its memory. */
const ORPHAN_TRIES = 50;

async function launch(options: EmbeddedPostgresOptions, how: Launch): Promise<EmbeddedPostgres> {
  for (let attempt = 1; ; attempt++) {
    const logOffset = existsSync(how.logFile) ? statSync(how.logFile).size : 0;
    const child = spawnServer(options.port, how);
    if (child.pid !== undefined) options.onSpawn?.(child.pid);
    const exited = new Promise<void>((done, fail) => child.once('error', fail).once('exit', () => done()));
    const server = describe(child, exited, options, how);
    try {
      await Promise.race([exited, waitUntilReady(server.url, child, options)]);
      if (hasExited(child)) throw new Error('PostgreSQL ended while it was starting');
      return server;
    } catch (error) {
      if (!hasExited(child)) await server.stop();
      if (error instanceof HoldfastError || options.signal?.aborted === true) throw error;
      const said = readFileSync(how.logFile).subarray(logOffset).toString();
      if (
        !/pre-existing shared memory block|lock file .* already exists/.test(said) ||
        attempt >= ORPHAN_TRIES
      ) {
        throw postgresExitError(said, how.logFile, options.port, error);
      }
      options.logger?.warn({ attempt }, 'backends of a killed PostgreSQL are still ending');
      await sleep(200, undefined, { signal: options.signal });
    }
  }
}

function spawnServer(port: number, { data, logFile, binaries, account }: Launch): ChildProcess {
  const settings = {
    listen_addresses: LOOPBACK,
    port,
    // No socket file: its path may be at most 107 bytes long, and homes may be deep.
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '128MB',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
    timezone: 'UTC',
  };
  const { command, args, ...ids } = account.wrap(binaries.postgres, [
    '-D',
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const log = openSync(logFile, 'a', 0o600);
  try {
    return spawn(command, args, {
      ...ids,
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', log, log],
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

function describe(
  child: ChildProcess,
  exited: Promise<void>,
  { port }: EmbeddedPostgresOptions,
  { password }: Launch,
): EmbeddedPostgres {
  const pid = child.pid ?? 0;
  const startTime = processStartTime(pid);
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    if (startTime !== null) await stopPostmaster(pid, startTime);
    await exited;
  };
  return {
    url: `postgres://${POSTGRES_USER}:${password}@${LOOPBACK}:${port}/${DATABASE}`,
    pid,
    exited,
    stop: () => (stopping ??= stop()),
  };
}

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Recovery after a crash may take long: as long as the server lives it is waited for. */
async function waitUntilReady(
  url: string,
  child: ChildProcess,
  { signal }: EmbeddedPostgresOptions,
): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    if (hasExited(child)) return;
    const maintenance = new URL(url);
    maintenance.pathname = '/postgres';
    const client = new Client({ connectionString: maintenance.href, connectionTimeoutMillis: 5000 });
    client.on('error', () => undefined); // The exit of the server is reported by the process itself.
    try {
      await client.connect();
      await createDatabase(client);
      return;
    } catch (error) {
      if (!isStartingUp(error)) throw refusal(error, hasExited(child));
      await sleep(50, undefined, { signal });
    } finally {
      await client.end().catch(() => undefined); // Already cut off: nothing to end.
    }
  }
}

const isStartingUp = (error: unknown): boolean =>
  error instanceof Error &&
  (/timeout|terminated unexpectedly/i.test(error.message) ||
    ('code' in error && ['ECONNREFUSED', 'ECONNRESET', '57P03'].includes(String(error.code))));

function refusal(error: unknown, exited: boolean): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (exited || code !== '28P01') return error;
  return new HoldfastError(
    'failedPrecondition',
    'The embedded PostgreSQL does not accept the password in its file `password`: put the right one back, or set HOLDFAST_HOME to another folder.',
    { cause: error },
  );
}

async function createDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`create database ${DATABASE}`);
}

/** Only from this machine, and only with the password. Written at each start: an earlier one may have allowed more. */
function allowLoopback(data: string, account: PostgresAccount): void {
  const path = join(data, 'pg_hba.conf');
  const lines = `host all all ${LOOPBACK}/32 scram-sha-256\n`;
  if (existsSync(path) && readFileSync(path, 'utf8') === lines) return;
  writeFileSync(path, lines, { mode: 0o600 });
  if (account.owner !== null) chownSync(path, account.owner.uid, account.owner.gid);
}

/** @throws HoldfastError where an ordinary user meets the data of another. */
function ownerOf(data: string): { uid: number; gid: number } | null {
  if (!existsSync(data)) return null;
  const { uid, gid } = statSync(data);
  const own = process.getuid?.() ?? uid;
  if (own !== 0 && own !== uid) {
    throw new HoldfastError(
      'failedPrecondition',
      `The database in ${data} belongs to another user (uid ${uid}; this is uid ${own}): start as that user, or set HOLDFAST_HOME to another folder.`,
    );
  }
  return { uid, gid };
}
