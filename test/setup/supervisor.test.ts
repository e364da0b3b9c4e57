import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, before, describe, it } from 'mocha';
import { processStartTime } from '../../platform/lifecycle/processStartTime.ts';
import { DRAIN_MS } from '../../platform/lifecycle/runProcess.ts';
import { requirePeer } from '../peers/requirePeer.ts';
import { freePorts } from '../support/freePorts.ts';
import { asOrdinaryUser } from './support/ordinaryUser.ts';
import { assertNoProcesses, processesOf, Started } from './support/Started.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

const program = join(import.meta.dirname, 'support/tinySystem.ts');

describe('supervisor', () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const running: Started[] = [];
  let environment: NodeJS.ProcessEnv;

  before(async function () {
    const ports = await freePorts(5);
    environment = {
      ...process.env,
      PATH: `${dirname(requirePeer(this, 'temporal'))}:${process.env.PATH}`,
      HOLDFAST_HOME: home,
      HOLDFAST_POSTGRES_PORT: String(ports[0]),
      HOLDFAST_TEMPORAL_PORT: String(ports[1]),
      HOLDFAST_TEMPORAL_UI_PORT: String(ports[2]),
      HOLDFAST_CONTROL_PORT: String(ports[3]),
      HOLDFAST_METRICS_PORT: String(ports[4]),
    };
    for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'NODE_TINY']) delete environment[name];
  });
  afterEach(async () => {
    for (const { child, exit } of running.splice(0)) {
      child.kill('SIGTERM');
      await exit;
    }
  });

  const start = (extra: NodeJS.ProcessEnv = {}): Started => {
    const started = new Started(process.execPath, [program], { env: { ...environment, ...extra } });
    running.push(started);
    return started;
  };
  it('starts everything, on loopback alone, refuses a second start beside it, and Ctrl-C leaves no process', async () => {
    const system = start({
      HOLDFAST_BIND: '0.0.0.0',
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      MLFLOW_TRACKING_TOKEN: 'secret-token',
      AWS_SECRET_ACCESS_KEY: 'secret-key',
      CRM_DATABASE_URL: 'postgres://reader:secret-password@127.0.0.1/crm',
      SOME_OTHER_PASSWORD: 'secret-word',
    });
    await system.until('READY');
    assert.match(system.stdout, /^STARTS 1$/m);
    for (const name of ['POSTGRES', 'TEMPORAL', 'TEMPORAL_UI']) {
      const port = Number(environment[`HOLDFAST_${name}_PORT`]);
      // Whoever listens on every address answers at the second one of loopback too.
      assert.deepEqual(
        [await answers('127.0.0.1', port), await answers('127.0.0.2', port)],
        [true, false],
        name,
      );
    }
    const names = processesOf(home).map(line => line.split(' ')[1]);
    assert.ok(names.includes('postgres') && names.includes('temporal'), names.join());

    const environmentOf = (name: string): string =>
      readFileSync(`/proc/${readPid(join(home, `run/${name}.json`))}/environ`, 'utf8');
    assert.match(environmentOf('tiny'), /\0TEMPORAL_ADDRESS=127\.0\.0\.1:/);
    assert.match(environmentOf('tiny'), /\0HOLDFAST_BIND=0\.0\.0\.0\0/);
    for (const name of ['tiny', 'temporal', 'postgres'])
      assert.doesNotMatch(
        environmentOf(name),
        /DATABASE_URL|postgres:\/\/|MLFLOW|AWS_|secret-/,
        `${name} was told what it does not need`,
      );

    const second = start();
    assert.equal(await second.exit, 1);
    assert.equal(
      second.stderr,
      `Holdfast is already running in ${home} (pid ${system.pid}): stop it, or set HOLDFAST_HOME to another folder.\n`,
    );

    assert.equal(await interrupt(system), 0);
    assert.deepEqual(processesOf(home), []);
    assert.match(readFileSync(join(home, 'logs/tiny.log'), 'utf8'), /process has drained/);
  });

  it('starts PostgreSQL again where it was killed; after a kill -9 of its own our processes end by themselves', async () => {
    const system = start();
    await system.until('READY');
    assert.match(system.stdout, /^STARTS 2$/m, 'the database of the first start');
    const record = join(home, 'run/postgres.json');
    const killedPid = readPid(record);
    process.kill(killedPid, 'SIGKILL');
    while (readPid(record) === killedPid || !(readPid(record) > 0)) await sleep(50);
    assert.match(system.stderr, /! postgres ended unexpectedly and is started again/);

    const tinyPid = readPid(join(home, 'run/tiny.json'));
    assert.notEqual(processStartTime(tinyPid), null);
    system.child.kill('SIGKILL');
    await system.exit;
    while (processStartTime(tinyPid) !== null) await sleep(50);
    assert.match(processesOf(home).join(), /postgres/);
  });

  it('recovers after kill -9, restarts a process that crashed, and a second Ctrl-C does not wait for one that hangs', async () => {
    const system = start({ NODE_TINY: 'crash-once hang' });
    await system.until('READY');
    assert.match(system.stderr, /Stopped what an earlier start had left running: .*postgres/);
    assert.match(system.stdout, /^STARTS 3$/m);
    assert.match(system.stderr, /! tiny ended \(SIGKILL\) and is started again in 0\.5 s/);
    while (!system.stderr.includes('! tiny: tiny warning: its cause')) await sleep(50);

    const startedAt = Date.now();
    process.kill(-system.pid, 'SIGINT');
    await sleep(1200);
    assert.equal(await interrupt(system), 0);
    assert.ok(Date.now() - startedAt < DRAIN_MS, `it took ${Date.now() - startedAt} ms`);
    assert.deepEqual(processesOf(home), []);
  });

  for (const { mood, sentence } of [
    { mood: 'refuse', sentence: /^The process tiny does not start: the tiny process wants more cake$/m },
    { mood: 'throw', sentence: /^The process tiny ended 3 times while it was starting .*a tiny mistake$/m },
  ]) {
    it(`stops everything and says why where a process cannot start (${mood})`, async () => {
      const system = start({ NODE_TINY: mood });
      assert.equal(await system.exit, 1);
      assert.match(system.stderr, sentence);
      assert.deepEqual(processesOf(home), []);
    });
  }

  it('is stopped while it starts, and leaves nothing', async () => {
    const system = start();
    while (!existsSync(join(home, 'run/supervisor.lock'))) await sleep(5);
    assert.equal(await interrupt(system), 130);
    await assertNoProcesses(home);
  });

  it('finds a Temporal that was still starting when kill -9 came', async () => {
    const killed = start();
    const record = join(home, 'run/temporal.json');
    while (!(readPid(record) > 0)) await sleep(1);
    killed.child.kill('SIGKILL');
    await killed.exit;
    const pid = readPid(record);
    assert.notEqual(processStartTime(pid), null);
    assert.ok(!killed.stderr.includes('Temporal'), 'it was answering already: this proves nothing');

    const system = start();
    await system.until('READY');
    assert.match(system.stderr, /Stopped what an earlier start had left running: .*temporal/);
    assert.equal(processStartTime(pid), null);
    assert.equal(await interrupt(system), 0);
    await assertNoProcesses(home);
  });

  for (const { variable, purpose } of [
    { variable: 'HOLDFAST_POSTGRES_PORT', purpose: 'PostgreSQL' },
    { variable: 'HOLDFAST_TEMPORAL_UI_PORT', purpose: "Temporal's web page" },
    { variable: 'HOLDFAST_CONTROL_PORT', purpose: 'tiny' },
    { variable: 'HOLDFAST_METRICS_PORT', purpose: 'the metrics of tiny' },
  ]) {
    it(`names a taken port before anything is started: ${variable}`, async () => {
      const holder = createServer();
      const port = Number(environment[variable]);
      await new Promise<void>(done => holder.listen(port, '127.0.0.1', done));
      try {
        const system = start();
        assert.equal(await system.exit, 1);
        assert.ok(
          system.stderr.startsWith(`Port ${port}, which ${purpose} needs, is taken by `),
          system.stderr,
        );
        assert.ok(system.stderr.endsWith(`or set ${variable} to a free port.\n`), system.stderr);
        assert.equal(system.stdout, '');
      } finally {
        await new Promise(done => holder.close(done));
      }
    });
  }

  it('says in one sentence that its home cannot be written', async () => {
    const system = start({ HOLDFAST_HOME: '/dev/null/holdfast' });
    assert.equal(await system.exit, 1);
    assert.match(system.stderr, /^Cannot write \/dev\/null\/holdfast: .*HOLDFAST_HOME.*\n$/);
  });

  it('says in one sentence that a Temporal server named by TEMPORAL_ADDRESS does not answer', async () => {
    const [port] = await freePorts(1);
    const system = start({ TEMPORAL_ADDRESS: `127.0.0.1:${port}` });
    assert.equal(await system.exit, 1);
    assert.match(system.stderr, /The Temporal server at 127\.0\.0\.1:\d+ does not answer .*TEMPORAL_ADDRESS/);
    assert.deepEqual(processesOf(home), []);
  });

  it('works for an ordinary user', async () => {
    const own = mkdtempSync(join(folder, 'ordinary-'));
    const [command, args] = asOrdinaryUser(process.execPath, [program], own);
    const system = new Started(command, args, {
      cwd: '/',
      env: { ...environment, HOME: own, HOLDFAST_HOME: join(own, '.holdfast') },
    });
    running.push(system);
    await system.until('READY');
    assert.equal(statSync(join(own, '.holdfast/postgres/data')).uid, statSync(own).uid);
    assert.equal(await interrupt(system), 0);
    await assertNoProcesses(own);
  });
});

function interrupt(started: Started): Promise<number | NodeJS.Signals> {
  process.kill(-started.pid, 'SIGINT');
  return started.exit;
}

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = createConnection({ host, port });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });

const readPid = (path: string): number =>
  existsSync(path) ? Number(/"pid":(\d+)/.exec(readFileSync(path, 'utf8'))?.[1]) : Number.NaN;
