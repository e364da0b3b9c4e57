import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { askTriton } from '../support/askTriton.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { withGateway } from '../support/withGateway.ts';
import { type Served, withInference } from '../support/withInference.ts';

// The Open Inference Protocol over REST as NVIDIA's stock clients speak it, by a gateway before a real inference process.

const rows = [
  goodInstance,
  { ...goodInstance, tenure: 60, contract: 'year', charges: null },
  { ...goodInstance, region: 'überall' },
];

const told = z.strictObject({
  version: z.string(),
  id: z.string(),
  binary: z.array(z.string()),
  label: z.array(z.string()).optional(),
  labelShape: z.array(z.number()).optional(),
  probabilities: z.array(z.number()).optional(),
  probabilitiesShape: z.array(z.number()).optional(),
  probabilitiesType: z.string().optional(),
});
const refusal = z.strictObject({ status: z.string(), message: z.string() });
const tensor = z.strictObject({ name: z.string(), datatype: z.string(), shape: z.array(z.number()) });
const metadata = z.strictObject({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(tensor),
  outputs: z.array(tensor),
  properties: z.record(z.string(), z.string()),
});
const configured = z.strictObject({ name: z.string(), data_type: z.string(), dims: z.array(z.number()) });
const config = z.strictObject({
  name: z.string(),
  platform: z.string(),
  version_policy: z.strictObject({ specific: z.strictObject({ versions: z.array(z.number()) }) }),
  max_batch_size: z.number(),
  input: z.array(configured),
  output: z.array(configured),
  backend: z.string(),
});
const duration = z.strictObject({ count: z.number(), ns: z.number() });
const statistics = z.array(
  z.looseObject({
    name: z.string(),
    version: z.string(),
    inference_count: z.number(),
    inference_stats: z.looseObject({ success: duration, fail: duration }),
  }),
);
const answers = z.object({
  live: z.boolean(),
  ready: z.boolean(),
  modelReady: z.boolean(),
  unknownReady: z.boolean(),
  server: z.strictObject({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
  metadata,
  metadataOfVersion: metadata,
  config,
  configOfVersion: config,
  binary: told,
  json: told,
  mixed: told,
  onlyLabel: told,
  classes: z.array(z.string()),
  gzip: told,
  deflate: told,
  withParameters: told,
  pending: told,
  asynchronous: told,
  missingInput: refusal,
  unknownModel: refusal,
  unknownVersion: refusal,
  unknownOutput: refusal,
  otherReadyBefore: z.boolean(),
  otherReadyAfter: z.boolean(),
  other: told,
  index: z.array(
    z.strictObject({ name: z.string(), version: z.string(), state: z.string(), reason: z.string() }),
  ),
  statistics,
  statisticsOfVersion: statistics,
  statisticsOfAll: statistics,
  readyAfterUnload: z.boolean(),
  inferAfterUnload: refusal,
  readyAfterLoad: z.boolean(),
  badConfig: refusal,
  foreignFile: refusal,
  notOffered: z.array(refusal),
});

const predicted = async ({ client }: Served, version = '') => {
  const { predictions, probabilities } = await client.predict({ model: 'churn', version, instances: rows });
  return { labels: predictions, positive: probabilities };
};
const positiveOf = (probabilities: readonly number[] = []): number[] =>
  probabilities.filter((_value, at) => at % 2 === 1);

describe('the Open Inference Protocol over REST', () => {
  it('answers every call of a stock tritonclient as Predict answers', function () {
    return withInference(async world => {
      await world.register(smallModel(), smallModel({ shift: 1 }));
      await world.promote(1);
      const served = await world.start();
      await withGateway({ inference: `127.0.0.1:${served.inference.port}` }, async ({ port }) => {
        const request = { rows, otherVersion: '2' };
        const found = await askTriton(this, 'triton_http_client.py', port, request, answers);

        assert.deepEqual(
          [found.live, found.ready, found.modelReady, found.unknownReady],
          [true, true, true, false],
        );
        assert.ok(found.server.extensions.includes('binary_tensor_data'));
        assert.deepEqual(
          found.metadata.inputs.map(({ name, datatype, shape }) => [name, datatype, ...shape]),
          [
            ['tenure', 'FP32', -1, 1],
            ['charges', 'FP32', -1, 1],
            ['contract', 'BYTES', -1, 1],
            ['senior', 'BYTES', -1, 1],
            ['region', 'BYTES', -1, 1],
          ],
        );
        assert.deepEqual(found.metadataOfVersion, found.metadata);
        assert.equal(found.config.max_batch_size, 10_000);
        assert.deepEqual(found.config.input[2], { name: 'contract', data_type: 'TYPE_STRING', dims: [1] });
        assert.deepEqual(found.configOfVersion, found.config);

        const expected = await predicted(served);
        for (const [how, answer, binary] of [
          ['binary', found.binary, ['label', 'probabilities']],
          ['json', found.json, []],
          ['mixed', found.mixed, ['probabilities']],
          ['gzip', found.gzip, ['label', 'probabilities']],
          ['deflate', found.deflate, ['label', 'probabilities']],
          ['with parameters', found.withParameters, ['label', 'probabilities']],
          ['async_infer', found.pending, ['label', 'probabilities']],
          ['aio', found.asynchronous, ['label', 'probabilities']],
        ] as const) {
          assert.deepEqual(answer.label, expected.labels, how);
          assert.deepEqual(positiveOf(answer.probabilities), expected.positive, how);
          assert.deepEqual(
            [answer.labelShape, answer.probabilitiesShape],
            [
              [3, 1],
              [3, 2],
            ],
            how,
          );
          assert.equal(answer.probabilitiesType, 'float32', how);
          assert.deepEqual(answer.binary.toSorted(), binary, how);
        }
        assert.equal(found.binary.id, 'abc');
        assert.deepEqual([found.onlyLabel.label, found.onlyLabel.binary], [expected.labels, []]);
        assert.equal(found.onlyLabel.probabilities, undefined);
        const best = expected.positive.map(p =>
          p > 0.5 ? `${p.toFixed(6)}:1:Yes` : `${(1 - p).toFixed(6)}:0:No`,
        );
        assert.deepEqual(
          found.classes.filter((_text, at) => at % 2 === 0),
          best,
        );

        for (const [refused, status, says] of [
          [found.missingInput, '400', /inputs\.contract: is missing/],
          [found.unknownModel, '404', /nosuch/],
          [found.unknownVersion, '404', /99/],
          [found.unknownOutput, '400', /"labels"; expected label or probabilities/],
          [found.badConfig, '400', /is not JSON/],
          [found.foreignFile, '400', /model files come from the registry/],
        ] as const) {
          assert.equal(refused.status, status, refused.message);
          assert.match(refused.message, says);
        }
        assert.equal(found.notOffered.length, 10);
        for (const { status, message } of found.notOffered) {
          assert.equal(status, '404', message);
          assert.match(message, /There is no (GET|POST) \/v2\//);
        }

        assert.deepEqual([found.otherReadyBefore, found.otherReadyAfter], [true, true]);
        assert.equal(found.other.version, '2');
        assert.deepEqual(
          positiveOf(found.other.probabilities),
          (await predicted(served, '2')).positive,
          'the other version',
        );
        assert.deepEqual(
          found.index.map(({ name, version, state }) => [name, version, state]),
          [
            ['churn', '1', 'READY'],
            ['churn', '2', 'READY'],
          ],
        );
        const [one, two] = found.statistics;
        // Version 1: ten answers of three rows, and one that asked for an output that is none.
        assert.deepEqual([one.inference_stats.success.count, one.inference_count], [10, 30]);
        assert.ok(one.inference_stats.success.ns > 0);
        assert.deepEqual([found.statisticsOfVersion, found.statisticsOfAll], [[two], found.statistics]);
        assert.deepEqual([two.version, two.inference_count], ['2', 3]);

        assert.deepEqual([found.readyAfterUnload, found.readyAfterLoad], [false, true]);
        assert.match(found.inferAfterUnload.message, /was unloaded on request/);
      });
    });
  });
});
