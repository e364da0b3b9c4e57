import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { registerSamples } from '../support/registrySamples.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withControl } from '../support/withControl.ts';
import { type Gateway, withGateway } from '../support/withGateway.ts';

// The registry and runs over REST, by a gateway before a real control server.

const runSchema = z.looseObject({ id: z.string(), status: z.string(), workflowId: z.string() });

/** Opens a watch and collects its lines as they come. */
async function watch({ port }: Gateway, path: string, headers: Record<string, string> = {}) {
  const lines: string[] = [];
  const answered = Promise.withResolvers<{ status?: number; type?: string }>();
  const ended = Promise.withResolvers<'end' | 'broken'>();
  const sent = request(
    { host: '127.0.0.1', port, path, headers: { 'x-api-key': TEST_KEY, ...headers }, agent: false },
    answer => {
      answered.resolve({ status: answer.statusCode, type: answer.headers['content-type'] });
      let rest = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        const parts = `${rest}${chunk}`.split('\n');
        rest = parts.pop() ?? '';
        lines.push(...parts);
      });
      answer.once('end', () => ended.resolve('end'));
      answer.once('close', () => ended.resolve('broken'));
    },
  );
  sent.on('error', answered.reject);
  sent.end();
  return { ...(await answered.promise), lines, ended: ended.promise, hangUp: () => sent.destroy() };
}

describe('the gateway before control', () => {
  it('answers the registry as gRPC does, at the new path and the older one', function () {
    return withControl(this, async ({ address: control, database, models, startWorker }) => {
      await registerSamples(database, 2);
      await startWorker({ verifyArtifact: async () => undefined, awaitLoaded: async () => 3 });
      await withGateway({ control }, async ({ ask }) => {
        const promoted = await ask('POST', '/v1/models/churn/versions/2:promote', { reason: 'better' });
        assert.equal(promoted.status, 200, promoted.text);
        const { time: _, ...rest } = z.looseObject({ time: z.iso.datetime() }).parse(promoted.json());
        assert.deepEqual(rest, {
          model: 'churn',
          alias: 'production',
          version: 2,
          loadedProcesses: 3,
          etag: 'p1s0',
        });
        const expected = await models.getVersion({ model: 'churn', version: '' });
        for (const path of [
          '/model/version',
          '/v1/models/churn/versions/production',
          '/model/version?version=2',
        ]) {
          const { status, json } = await ask('GET', path);
          assert.equal(status, 200);
          assert.partialDeepStrictEqual(json(), {
            model: 'churn',
            version: 2,
            digest: expected.digest,
            aliases: ['production'],
            metrics: { rocAuc: expected.metrics?.rocAuc },
            signature: expected.signature,
            createTime: expected.createTime?.toISOString(),
          });
        }
        const empty = await ask('GET', '/v1/datasets?model=churn');
        assert.deepEqual(
          z.looseObject({ datasets: z.array(z.unknown()) }).parse(empty.json()).datasets.length,
          1,
        );
      });
    });
  });

  for (const [what, verb, path, body, expected] of [
    ['a version that is no version', 'GET', '/v1/models/churn/versions/latest', undefined, 400],
    ['a version that is not there', 'GET', '/v1/models/churn/versions/99', undefined, 404],
    ['a version beyond all numbers', 'GET', `/v1/models/churn/versions/${'9'.repeat(40)}`, undefined, 400],
    ['a run that is not there', 'GET', '/v1/runs/nobody', undefined, 404],
    ['a watch of a run that is not there', 'GET', '/v1/runs/nobody:watch', undefined, 404],
    ['a run of odd letters', 'GET', '/v1/runs/%F0%9F%98%80', undefined, 404],
    ['a run with a character 0', 'GET', '/v1/runs/a%00', undefined, 400],
    ['a model with a character 0', 'GET', '/v1/models/a%00/history', undefined, 404],
    ['a dataset with a character 0', 'GET', '/v1/datasets/churn/a%00', undefined, 400],
    ['a data file with a character 0', 'POST', '/v1/runs:startTraining', { data: 'a\0' }, 400],
    ['a page too small', 'GET', '/v1/runs?pageSize=-1', undefined, 400],
    ['a model name that is none', 'GET', '/v1/models/NO!/versions', undefined, 404],
    ['a recipe that is none', 'POST', '/v1/runs:startTraining', { recipe: 'x' }, 400],
    ['a workflow id too long', 'POST', '/v1/runs:startTraining', { workflowId: 'x'.repeat(2000) }, 400],
    ['a rollback with nothing behind', 'POST', '/v1/models/churn:rollback', undefined, 400],
  ] as const)
    it(`answers ${expected} to ${what}`, function () {
      return withControl(this, async ({ address: control, database }) => {
        await registerSamples(database, 1);
        await withGateway({ control }, async ({ ask }) => {
          const { status, text } = await ask(verb, path, body);
          assert.equal(status, expected, text);
        });
      });
    });

  it('streams a watch as lines of JSON until the run ends', function () {
    return withControl(this, async ({ address: control, startWorker }) => {
      const trained = Promise.withResolvers<void>();
      await startWorker({
        productionVersion: async () => {
          await trained.promise;
          return null;
        },
      });
      await withGateway({ control }, async gateway => {
        const started = await gateway.ask('POST', '/v1/runs:startTraining', { workflowId: 'watched' });
        assert.equal(started.status, 200, started.text);
        const { id } = runSchema.parse(started.json());
        const { status, type, lines, ended } = await watch(gateway, `/v1/runs/${id}:watch`);
        assert.deepEqual([status, type], [200, 'application/x-ndjson']);
        // A line comes while the run goes on: nothing is held back until the end.
        await waitUntil('the first line', () => lines.length > 0);
        trained.resolve();
        assert.equal(await ended, 'end');
        const runs = lines.map(line => runSchema.parse(JSON.parse(line)));
        assert.equal(runs[0].status, 'RUN_STATUS_RUNNING');
        assert.notEqual(runs.at(-1)?.status, 'RUN_STATUS_RUNNING');
        for (const run of runs) assert.equal(run.workflowId, 'watched');
      });
    });
  });

  it('streams a watch as server-sent events too, with signs of life, until it says that it ended', function () {
    return withControl(this, async ({ address: control, startWorker }) => {
      const trained = Promise.withResolvers<null>();
      await startWorker({ productionVersion: () => trained.promise });
      await withGateway(
        { control },
        async gateway => {
          const started = await gateway.ask('POST', '/v1/runs:startTraining', { workflowId: 'events' });
          const path = `/v1/runs/${runSchema.parse(started.json()).id}:watch`;
          const plain = await watch(gateway, path);
          const { type, lines, ended } = await watch(gateway, path, { accept: 'text/event-stream' });
          assert.equal(type, 'text/event-stream; charset=utf-8');
          await waitUntil('signs of life', () => lines.filter(line => line === ': alive').length > 2);
          await waitUntil('empty lines', () => plain.lines.filter(line => line === '').length > 2);
          trained.resolve(null);
          assert.deepEqual([await ended, await plain.ended], ['end', 'end']);
          const data = lines.filter(line => line.startsWith('data: {"id"')).map(line => line.slice(6));
          const last = runSchema.parse(JSON.parse(data.at(-1) ?? ''));
          assert.notEqual(last.status, 'RUN_STATUS_RUNNING');
          assert.deepEqual(lines.slice(-3), ['event: end', 'data: {}', '']);
        },
        { aliveMs: 50 },
      );
    });
  });

  it('ends a watch when it stops, with the reason as last line, and lets one go whose reader left', function () {
    return withControl(this, async ({ address: control, startWorker }) => {
      const never = Promise.withResolvers<null>();
      await startWorker({ productionVersion: () => never.promise });
      await withGateway({ control }, async gateway => {
        const started = await gateway.ask('POST', '/v1/runs:startTraining', { workflowId: 'endless' });
        const path = `/v1/runs/${runSchema.parse(started.json()).id}:watch`;
        const left = await watch(gateway, path);
        await waitUntil('the first line', () => left.lines.length > 0);
        left.hangUp();
        assert.equal(await left.ended, 'broken');
        const { lines, ended } = await watch(gateway, path);
        await waitUntil('the first line of the second', () => lines.length > 0);
        const begun = performance.now();
        await gateway.close();
        // The watch itself would never end.
        assert.ok(performance.now() - begun < 30_000, 'the watch held up the end');
        assert.equal(await ended, 'end');
        const { error } = z
          .strictObject({ error: z.looseObject({ status: z.string(), message: z.string() }) })
          .parse(JSON.parse(lines.at(-1) ?? ''));
        assert.equal(error.status, 'UNAVAILABLE');
        assert.match(error.message, /The gateway is stopping/);
        assert.deepEqual(
          gateway.logs.filter(({ level }) => level >= 50),
          [],
        );
      });
      never.resolve(null);
    });
  });
});
