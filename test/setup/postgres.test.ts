import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { Client } from 'pg';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../platform/postgres/startEmbeddedPostgres.ts';
import { freePorts } from '../support/freePorts.ts';
import { assertNoProcesses } from './support/Started.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

describe('embedded PostgreSQL', () => {
  const running: EmbeddedPostgres[] = [];
  const folder = join(temporaryFolder(), 'postgres');
  let port: number;

  const start = async (place = folder): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({ folder: place, port });
    running.push(server);
    return server;
  };
  before(async () => {
    [port = 0] = await freePorts(1);
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });

  it('makes a durable UTF-8 database on the first start, and a password that only its owner reads', async () => {
    const { url } = await start();
    const settings = await query(
      url,
      `select name || '=' || setting as value from pg_settings where name in
       ('server_encoding', 'fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'max_connections', 'TimeZone', 'lc_messages') order by 1`,
    );
    assert.deepEqual(settings, [
      'TimeZone=UTC',
      'data_checksums=on',
      'fsync=on',
      'full_page_writes=on',
      'lc_messages=C',
      'max_connections=100',
      'server_encoding=UTF8',
      'synchronous_commit=on',
    ]);
    assert.equal(statSync(join(folder, 'password')).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'data')).mode & 0o777, 0o700);
    await query(url, 'create table kept (value text)');
    await query(url, `insert into kept values ('first')`);
  });

  it('refuses everyone without the password', async () => {
    const { url } = await start();
    const wrong = new URL(url);
    wrong.password = 'guess';
    await assert.rejects(query(wrong.href, 'select 1'), /password authentication failed/);
  });

  it('finds its data again', async () => {
    const { url } = await start();
    assert.deepEqual(await query(url, 'select value from kept'), ['first']);
  });

  it('recovers what was committed after kill -9', async () => {
    const { url, pid, exited } = await start();
    await query(url, `insert into kept values ('before the crash')`);
    process.kill(pid, 'SIGKILL');
    await exited;
    const again = await start();
    assert.deepEqual(await query(again.url, 'select value from kept'), ['first', 'before the crash']);
  });

  it('stops a server that another start left running, and goes on with its data', async () => {
    const { pid } = await start();
    const again = await start();
    assert.notEqual(again.pid, pid);
    assert.deepEqual(await query(again.url, 'select value from kept'), ['first', 'before the crash']);
  });

  it('is not misled where an unrelated process has the number of a server that was killed', async () => {
    const { pid, exited } = await start();
    process.kill(pid, 'SIGKILL');
    await exited;
    const owner = statSync(join(folder, 'data'));
    const other = spawn('sleep', ['60'], { stdio: 'ignore', uid: owner.uid, gid: owner.gid });
    try {
      const lock = join(folder, 'data', 'postmaster.pid');
      writeFileSync(lock, readFileSync(lock, 'utf8').replace(/^\d+/, String(other.pid)));
      const again = await start();
      assert.deepEqual(await query(again.url, 'select value from kept'), ['first', 'before the crash']);
      assert.equal(other.exitCode, null);
      assert.equal(other.signalCode, null);
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('names the port, its holder and the variable where the port is taken', async () => {
    const holder = createServer();
    await new Promise<void>(done => holder.listen(port, '127.0.0.1', done));
    try {
      await assert.rejects(start(), {
        name: 'HoldfastError',
        message: `Port ${port}, which PostgreSQL needs, is taken by ${readFileSync('/proc/self/comm', 'utf8').trim()} (pid ${process.pid}): stop what listens there, or set HOLDFAST_POSTGRES_PORT to a free port.`,
      });
    } finally {
      await new Promise(done => holder.close(done));
    }
  });

  it('says that its password file is wrong instead of waiting', async () => {
    const path = join(folder, 'password');
    const right = readFileSync(path);
    writeFileSync(path, 'wrong\n');
    try {
      await assert.rejects(start(), /does not accept the password in its file/);
    } finally {
      writeFileSync(path, right);
    }
    await assertNoProcesses(folder);
  });

  it('starts below a folder that only its owner may enter', async () => {
    const closed = join(folder, '..', 'closed');
    mkdirSync(closed, { mode: 0o700 });
    chmodSync(closed, 0o700);
    const { url } = await start(join(closed, 'deep', 'postgres'));
    assert.deepEqual(await query(url, `select 'works' as value`), ['works']);
  });

  it('leaves no process', () => assertNoProcesses(folder));
});

async function query(url: string, text: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ value: string }>(text);
  await client.end();
  return rows.map(row => row.value);
}
