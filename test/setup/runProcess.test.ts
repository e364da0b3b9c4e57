import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { before, describe, it } from 'mocha';
import { DRAIN_MS } from '../../platform/lifecycle/runProcess.ts';
import { freePorts } from '../support/freePorts.ts';
import { Started } from './support/Started.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

const program = join(import.meta.dirname, 'support/tinyProcess.ts');

describe('runProcess', () => {
  const home = temporaryFolder();
  let environment: NodeJS.ProcessEnv;
  before(async () => {
    environment = { ...process.env, HOLDFAST_HOME: home };
  });
  const withPort = async (extra: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> => {
    const [port, metrics] = await freePorts(2);
    return {
      ...environment,
      HOLDFAST_CONTROL_PORT: String(port),
      HOLDFAST_METRICS_PORT: String(metrics),
      ...extra,
    };
  };
  const start = async (extra: NodeJS.ProcessEnv = {}): Promise<Started> =>
    new Started(process.execPath, [program], { env: await withPort(extra) });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`drains and exits 0 on ${signal}`, async () => {
      const started = await start();
      await untilReady(started);
      started.child.kill(signal);
      assert.equal(await started.exit, 0);
      assert.match(started.stderr, /process has drained/);
    });
  }

  it('drains and exits 0 when its supervisor is gone', async () => {
    const given = await withPort({});
    const child = fork(program, [], { env: given, silent: true });
    const message: unknown = await new Promise(done => child.once('message', done));
    assert.deepEqual(message, { ready: true, info: { port: Number(given.HOLDFAST_CONTROL_PORT) } });
    const exit = new Promise(done => child.once('exit', done));
    child.disconnect();
    assert.equal(await exit, 0);
  });

  it('tells a HoldfastError in one line, with its exit code', async () => {
    const started = await start({ NODE_TINY: 'refuse' });
    assert.equal(await started.exit, 1);
    assert.equal(started.stderr, 'holdfast tiny: the tiny process wants more cake\n');
  });

  it('tells a wrong environment in one line, with the exit code of wrong usage', async () => {
    const started = await start({ HOLDFAST_HTTP_PORT: 'eighty' });
    assert.equal(await started.exit, 2);
    assert.match(
      started.stderr,
      /^holdfast tiny: The environment is not valid: HOLDFAST_HTTP_PORT: .*"eighty".*\n$/,
    );
  });

  it('logs what was not foreseen with its stack, and exits 1', async () => {
    const started = await start({ NODE_TINY: 'throw' });
    assert.equal(await started.exit, 1);
    assert.match(started.stderr, /"process fails unexpectedly"/);
    assert.match(started.stderr, /tinyProcess\.ts/);
  });

  it('ends by itself where draining hangs', async () => {
    const started = await start({ NODE_TINY: 'hang' });
    await untilReady(started);
    const startedAt = Date.now();
    started.child.kill('SIGTERM');
    assert.equal(await started.exit, 1);
    const tookMs = Date.now() - startedAt;
    assert.ok(tookMs >= DRAIN_MS - 100 && tookMs < DRAIN_MS + 30_000, `${tookMs} ms`);
    assert.match(started.stderr, /did not drain in time/);
  });
});

async function untilReady(started: Started): Promise<void> {
  while (!started.stderr.includes('process is ready')) await sleep(20);
}
