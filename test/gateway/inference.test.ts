import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { createGrpcServer } from '../../platform/grpc/createGrpcServer.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { collectLogs } from '../support/collectLogs.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { letsAllIn } from '../support/testAccess.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withGateway } from '../support/withGateway.ts';
import { withInference, withServedModel } from '../support/withInference.ts';

// Predictions over REST, by a gateway before a real inference process.

const predictSchema = z.strictObject({
  model: z.string(),
  modelVersion: z.int(),
  threshold: z.number(),
  predictions: z.array(z.string()),
  probabilities: z.array(z.number()),
  predictionId: z.uuidv7(),
  arm: z.string(),
});

/** All but the id, which no two answers share. */
const withoutId = (answer: z.output<typeof predictSchema>) => ({ ...answer, predictionId: '' });

const errorSchema = z.strictObject({
  error: z.strictObject({
    code: z.int(),
    status: z.string(),
    message: z.string(),
    details: z.array(
      z.looseObject({
        '@type': z.string(),
        fieldViolations: z.array(z.strictObject({ field: z.string(), description: z.string() })).optional(),
      }),
    ),
  }),
});

const instances = [goodInstance, { ...goodInstance, tenure: 60, contract: 'year', region: null }];

describe('the gateway before inference', () => {
  it('answers a prediction as gRPC does, at the new path and the older one', () =>
    withServedModel(async ({ inference, client }) => {
      const { explanation, ...answered } = await client.predict({ model: 'churn', version: '', instances });
      const expected = withoutId(answered);
      assert.deepEqual([expected.probabilities.length, explanation], [2, undefined]);
      await withGateway({ inference: `127.0.0.1:${inference.port}` }, async ({ ask }) => {
        for (const path of ['/v1/models/churn:predict', '/predict']) {
          const { status, text, type, json } = await ask('POST', path, { instances });
          assert.equal(status, 200, text);
          assert.equal(type, 'application/json; charset=utf-8');
          assert.deepEqual(withoutId(predictSchema.parse(json())), expected);
        }
        // The older system's own spelling.
        const labelled = instances.map(instance => ({ ...instance, hasLeft: true }));
        const body = { instances: labelled, return_proba: false, label_key: 'hasLeft', version: '1' };
        const without = await ask('POST', '/predict', body);
        assert.deepEqual(withoutId(predictSchema.parse(without.json())), { ...expected, probabilities: [] });
      });
    }));

  it('explains as gRPC does, values as plain JSON', () =>
    withServedModel(async ({ inference, client }) => {
      const expected = await client.explain({ model: 'churn', version: '', instances });
      await withGateway({ inference: `127.0.0.1:${inference.port}` }, async ({ ask }) => {
        const { status, text, json } = await ask('POST', '/v1/models/churn:explain', { instances });
        assert.equal(status, 200, text);
        assert.deepEqual(json(), expected);
        assert.equal(expected.explanations[1].contributions.at(-1)?.value, null);
        const asked = await ask('POST', '/v1/models/churn:predict', { instances, explain: true });
        assert.deepEqual(
          z.looseObject({ explanation: z.unknown() }).parse(asked.json()).explanation,
          expected,
        );
      });
    }));

  it('answers 400 to instances that do not fit, with each value and its place', () =>
    withServedModel(async ({ inference }) =>
      withGateway({ inference: `127.0.0.1:${inference.port}` }, async ({ ask }) => {
        const wrong = [goodInstance, { ...goodInstance, tenure: 'long', charges: -1 }];
        const { status, json } = await ask('POST', '/predict', { instances: wrong });
        assert.equal(status, 400);
        const { error } = errorSchema.parse(json());
        assert.deepEqual([error.code, error.status], [3, 'INVALID_ARGUMENT']);
        const violations = error.details.flatMap(({ fieldViolations }) => fieldViolations ?? []);
        assert.deepEqual(
          violations.map(({ field }) => field),
          ['instances[1].tenure', 'instances[1].charges'],
        );
        assert.match(violations[0].description, /"long"/);
      }),
    ));

  for (const [what, path, body, expected] of [
    ['no instance', '/predict', {}, 400],
    ['a number too large for JSON', '/predict', '{"instances":[{"tenure":1e999}]}', 400],
    ['half a character in a value', '/predict', '{"instances":[{"contract":"\\ud800"}]}', 400],
    ['half a character in a column', '/predict', '{"instances":[{"\\ud800":1}]}', 400],
    ['a nested value', '/predict', { instances: [{ ...goodInstance, tenure: { a: [1] } }] }, 400],
    ['a version that is none', '/predict', { instances, version: '../1' }, 404],
    ['a version that is not there', '/predict', { instances, version: '99' }, 404],
    ['a model that is not there', '/v1/models/chrun:predict', { instances }, 404],
    ['a model of odd letters', '/v1/models/%00%F0%9F%98%80:predict', { instances }, 404],
  ] as const)
    it(`answers ${expected} to ${what}`, () =>
      withServedModel(async ({ inference }) =>
        withGateway({ inference: `127.0.0.1:${inference.port}` }, async ({ ask }) => {
          const { status, text, json } = await ask('POST', path, body);
          assert.equal(status, expected, text);
          errorSchema.parse(json());
        }),
      ));

  it('answers 413, as for its own limit, to what is too large for the server behind', () =>
    withInference(async world => {
      const { inference } = await world.start({ connections: { maximumMessageBytes: 1000 } });
      await withGateway({ inference: `127.0.0.1:${inference.port}` }, async ({ ask }) => {
        const { status, text, headers, json } = await ask('POST', '/predict', {
          instances: [{ text: 'x'.repeat(2000) }],
        });
        assert.deepEqual([status, headers['retry-after']], [413, undefined], text);
        const { error } = errorSchema.parse(json());
        assert.deepEqual([error.code, error.status], [8, 'RESOURCE_EXHAUSTED']);
        assert.match(error.message, /the server takes at most 1000\. Split it into several/);
      });
    }));

  it('is healthy exactly while the inference server serves, and finds it again after a restart', () =>
    withInference(async world => {
      await world.register(smallModel());
      await world.promote(1);
      const first = await world.start();
      const { port } = first.inference;
      await withGateway({ inference: `127.0.0.1:${port}` }, async ({ ask }) => {
        const health = await ask('GET', '/health');
        assert.deepEqual([health.status, health.json()], [200, { status: 'SERVING' }]);
        await first.inference.close();
        const away = await ask('GET', '/health');
        assert.equal(away.status, 503);
        assert.match(away.text, /"NOT_SERVING".*UNAVAILABLE/);
        const predict = await ask('POST', '/predict', { instances });
        assert.equal(predict.status, 503);
        assert.match(predict.text, /No connection to the inference server at 127\.0\.0\.1:/);
        const { logger } = collectLogs();
        const starting = createGrpcServer({
          descriptors: readDescriptors(),
          services: [],
          authorizer: letsAllIn,
          logger,
        });
        await starting.listen({ host: '127.0.0.1', port });
        try {
          await waitUntil(
            'the server that does not serve yet is reached',
            async () => !(await ask('GET', '/health')).text.includes('No connection'),
          );
          assert.equal((await ask('GET', '/health')).status, 503);
        } finally {
          await starting.close();
        }
        await world.start({ port });
        await waitUntil('health', async () => (await ask('GET', '/health')).status === 200, 10_000);
        await waitUntil(
          'predictions',
          async () => (await ask('POST', '/predict', { instances })).status === 200,
          10_000,
        );
      });
    }));
});
