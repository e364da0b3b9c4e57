import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'mocha';
import { Client } from 'pg';
import { migrate } from '../../db/migrate.ts';
import { openDatabase } from '../../db/openDatabase.ts';
import { startEmbeddedPostgres } from '../../platform/postgres/startEmbeddedPostgres.ts';
import { freePorts } from './freePorts.ts';
import { addTester } from './testAccess.ts';

// One real PostgreSQL for a whole run of tests, started by the first test that asks. It lies in a temporary folder with a
// random password and without fsync; it is stopped and removed after the last test, whatever happened before.

/** The migrated database that withDatabase clones, with nothing in it but who tests are; nobody stays connected to it. */
export const TEMPLATE = 'holdfast_template';

let starting: Promise<TestPostgres> | undefined;

export interface TestPostgres {
  /** URL of a database on the server. */
  url(database: string): string;
  stop(): Promise<void>;
}

export const testPostgres = (): Promise<TestPostgres> => (starting ??= start());

after(async () => {
  if (starting) await (await starting).stop();
});

async function start(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-postgres-'));
  // Root's server runs as another user, who must get in.
  await chmod(folder, 0o755);
  const guard = guardFolder(folder);
  const [port] = await freePorts(1);
  const server = await startEmbeddedPostgres({ folder, port });
  const url = (database: string): string => {
    const address = new URL(server.url);
    address.pathname = `/${database}`;
    return address.href;
  };
  await prepare(url);
  return {
    url,
    stop: async () => {
      await server.stop();
      guard.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ends the server and removes its folder when this process is gone, however it went: then its end of the pipe closes. */
function guardFolder(folder: string): ChildProcess {
  const script = `
    read -r _
    pid=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid"
    while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    rm -rf -- "$0"`;
  const guard = spawn('sh', ['-c', script, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.unref();
  return guard;
}

async function prepare(url: (database: string) => string): Promise<void> {
  await withClient(url('postgres'), async client => {
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes'])
      await client.query(`alter system set ${setting} = off`);
    await client.query('select pg_reload_conf()');
    await client.query(`create database ${TEMPLATE}`);
  });
  const template = await openDatabase({ url: url(TEMPLATE), applicationName: 'template', poolSize: 2 });
  try {
    await migrate(template);
    await withClient(url(TEMPLATE), client => addTester((text, values) => client.query(text, [...values])));
  } finally {
    await template.close();
  }
}

/** A connection of its own, outside MikroORM. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
