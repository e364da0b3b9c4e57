import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { Metadata } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { archiveVersion } from '../../db/models/archiveVersion.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { createGrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { GRPCInferenceServiceService } from '../../proto/gen/inference/grpc_service.ts';
import type { InferTensorContents, ModelInferRequest } from '../../proto/gen/inference/grpc_service.ts';
import { askTriton } from '../support/askTriton.ts';
import { expectError } from '../support/expectError.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { type Served, withInference, withServedModel } from '../support/withInference.ts';

// The Open Inference Protocol as NVIDIA's stock client speaks it, and what that client never sends.

const rows = [
  goodInstance,
  { ...goodInstance, tenure: 60, contract: 'year', charges: null },
  { ...goodInstance, region: 'überall' },
];

const told = z.object({
  version: z.string(),
  id: z.string(),
  label: z.array(z.string()).optional(),
  labelShape: z.array(z.number()).optional(),
  probabilities: z.array(z.number()).optional(),
  probabilitiesShape: z.array(z.number()).optional(),
  probabilitiesType: z.string().optional(),
});
const refusal = z.object({ status: z.string(), message: z.string() });
const tensor = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.string()) });
const answers = z.object({
  live: z.boolean(),
  ready: z.boolean(),
  modelReady: z.boolean(),
  unknownReady: z.boolean(),
  server: z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
  metadata: z.looseObject({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensor),
    outputs: z.array(tensor),
  }),
  config: z.looseObject({
    max_batch_size: z.number(),
    backend: z.string(),
    input: z.array(z.object({ name: z.string(), data_type: z.string(), dims: z.array(z.string()) })),
    output: z.array(z.object({ name: z.string(), data_type: z.string(), dims: z.array(z.string()) })),
  }),
  infer: told,
  onlyProbabilities: told,
  classes: z.array(z.string()),
  missingInput: refusal,
  unknownModel: refusal,
  unknownVersion: refusal,
  stream: z.array(z.union([told, z.object({ error: z.string() })])),
  otherReadyBefore: z.boolean(),
  otherReadyAfter: z.boolean(),
  other: told,
  index: z.array(z.object({ name: z.string(), version: z.string(), state: z.string() })),
  statistics: z.array(
    z.looseObject({
      version: z.string(),
      inference_count: z.string(),
      execution_count: z.string(),
      inference_stats: z.looseObject({
        success: z.object({ count: z.string(), ns: z.string() }),
        fail: z.looseObject({ count: z.string().optional() }),
      }),
    }),
  ),
  readyAfterUnload: z.boolean(),
  inferAfterUnload: refusal,
  readyAfterLoad: z.boolean(),
  badConfig: refusal,
  sharedMemory: refusal,
});

const predicted = async (
  { client }: Served,
  version = '',
): Promise<{ labels: string[]; positive: number[] }> => {
  const { predictions, probabilities } = await client.predict({ model: 'churn', version, instances: rows });
  return { labels: predictions, positive: probabilities };
};

const positiveOf = (probabilities: readonly number[] = []): number[] =>
  probabilities.filter((_value, at) => at % 2 === 1);

const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
const texts = (...values: string[]): Buffer =>
  Buffer.concat(
    values.map(value => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(value));
      return Buffer.concat([length, Buffer.from(value)]);
    }),
  );
const input = (name: string, datatype: string, shape: bigint[] = [1n, 1n]) => ({
  name,
  datatype,
  shape,
  parameters: {},
});

const good = (): ModelInferRequest => ({
  modelName: 'churn',
  modelVersion: '',
  id: '',
  parameters: {},
  inputs: [
    input('tenure', 'FP32'),
    input('charges', 'FP32'),
    input('contract', 'BYTES'),
    input('senior', 'BYTES'),
    input('region', 'BYTES'),
  ],
  outputs: [],
  rawInputContents: [floats(5), floats(70.35), texts('month'), texts('0'), texts('south')],
});
const replaced = (at: number, tensorInput: object, bytes?: Buffer): ModelInferRequest => {
  const request = good();
  request.inputs[at] = { ...request.inputs[at], ...tensorInput };
  if (bytes !== undefined) request.rawInputContents[at] = bytes;
  return request;
};
const noContents: InferTensorContents = {
  boolContents: [],
  intContents: [],
  int64Contents: [],
  uintContents: [],
  uint64Contents: [],
  fp32Contents: [],
  fp64Contents: [],
  bytesContents: [],
};
const refusedRequests: readonly [name: string, request: () => ModelInferRequest, says: RegExp][] = [
  ['no input', () => ({ ...good(), inputs: [], rawInputContents: [] }), /inputs is empty/],
  [
    'an input of another type',
    () => replaced(0, { datatype: 'FP64' }),
    /inputs\.tenure is FP64; expected FP32/,
  ],
  [
    'an unknown input',
    () => replaced(0, { name: 'tenur' }),
    /^inputs\.tenur is not an input of the model \(did you mean "tenure"\?\)\.$/,
  ],
  [
    'an input like none',
    () => replaced(0, { name: 'shoeSize' }),
    /^[^.]*\.shoeSize is not .*; leave it out\.$/,
  ],
  ['an input twice', () => replaced(1, { name: 'tenure' }), /inputs\.tenure is there twice/],
  ['a shape of three', () => replaced(0, { shape: [1n, 1n, 1n] }), /shape \[1, 1, 1\]; expected \[rows, 1\]/],
  [
    'no row',
    () => replaced(0, { shape: [0n, 1n] }),
    /has the shape \[0, 1\]; expected .*rows that it holds, 1 to 10000\.$/,
  ],
  ['any number of rows', () => replaced(0, { shape: [-1n, 1n] }), /has the shape \[-1, 1\]; .*10000\.$/],
  ['too many rows', () => replaced(0, { shape: [10_001n, 1n] }), /has 10001 rows; .*several requests\.$/],
  [
    'rows that differ',
    () => replaced(1, { shape: [2n, 1n] }),
    /inputs\.charges has 2 rows, and tenure has 1/,
  ],
  ['too few bytes', () => replaced(0, {}, Buffer.alloc(3)), /inputs\.tenure holds 3 bytes; expected 4/],
  ['a torn text', () => replaced(2, {}, Buffer.from([9, 0, 0, 0, 65])), /element 0 has 9 bytes, of which 1/],
  ['bytes that are no text', () => replaced(2, {}, Buffer.from([1, 0, 0, 0, 0xff])), /not UTF-8/],
  ['two texts for one row', () => replaced(2, {}, texts('month', 'year')), /holds 2 elements/],
  [
    'too few raw contents',
    () => ({ ...good(), rawInputContents: [floats(5)] }),
    /raw_input_contents has 1 entries; expected one for each of the 5/,
  ],
  [
    'contents beside raw contents',
    () => replaced(0, { contents: { ...noContents, fp32Contents: [5] } }),
    /contents beside raw_input_contents/,
  ],
  [
    'contents of another datatype',
    () => ({ ...replaced(0, { contents: { ...noContents, intContents: [5] } }), rawInputContents: [] }),
    /inputs\.tenure has its elements in int_contents; expected FP32 in fp32_contents\.$/,
  ],
  [
    'a number out of range',
    () => replaced(0, {}, floats(500)),
    /instances\[0\]\.tenure: expected a whole number from 0 to 120, got 500/,
  ],
  [
    'a missing value where none may be',
    () => replaced(0, {}, floats(Number.NaN)),
    /tenure: .*may not be missing/,
  ],
  [
    'an unknown output',
    () => ({ ...good(), outputs: [{ name: 'labels', parameters: {} }] }),
    /outputs\[0\] is "labels"; expected label or probabilities/,
  ],
];

describe('the Open Inference Protocol', () => {
  it('answers every call of a stock tritonclient as Predict answers', function () {
    return withInference(async world => {
      await world.register(smallModel(), smallModel({ shift: 1 }));
      await world.promote(1);
      const served = await world.start();
      const found = await askTriton(
        this,
        'triton_client.py',
        served.inference.port,
        { rows, otherVersion: '2' },
        answers,
      );

      assert.deepEqual(
        [found.live, found.ready, found.modelReady, found.unknownReady],
        [true, true, true, false],
      );
      assert.equal(found.server.name, 'holdfast');
      assert.deepEqual(found.metadata.versions, ['1']);
      assert.deepEqual(
        found.metadata.inputs.map(({ name, datatype, shape }) => [name, datatype, ...shape]),
        [
          ['tenure', 'FP32', '-1', '1'],
          ['charges', 'FP32', '-1', '1'],
          ['contract', 'BYTES', '-1', '1'],
          ['senior', 'BYTES', '-1', '1'],
          ['region', 'BYTES', '-1', '1'],
        ],
      );
      assert.deepEqual(
        found.metadata.outputs.map(({ name, datatype, shape }) => [name, datatype, ...shape]),
        [
          ['label', 'BYTES', '-1', '1'],
          ['probabilities', 'FP32', '-1', '2'],
        ],
      );
      assert.equal(found.config.max_batch_size, 10_000);
      assert.deepEqual(found.config.input[2], { name: 'contract', data_type: 'TYPE_STRING', dims: ['1'] });
      assert.deepEqual(found.config.output[1], {
        name: 'probabilities',
        data_type: 'TYPE_FP32',
        dims: ['2'],
      });

      const expected = await predicted(served);
      assert.deepEqual(found.infer.label, expected.labels);
      assert.deepEqual(found.infer.labelShape, [3, 1]);
      assert.deepEqual(found.infer.probabilitiesShape, [3, 2]);
      assert.equal(found.infer.probabilitiesType, 'float32');
      assert.deepEqual(positiveOf(found.infer.probabilities), expected.positive);
      assert.equal(found.infer.id, 'abc');
      assert.equal(found.infer.version, '1');
      for (const [at, value] of (found.infer.probabilities ?? []).entries())
        if (at % 2 === 0) assert.equal(value, Math.fround(1 - expected.positive[at / 2]));
      assert.equal(found.onlyProbabilities.label, undefined);
      assert.deepEqual(found.onlyProbabilities.probabilities, found.infer.probabilities);
      const best = expected.positive.map(p =>
        p > 0.5 ? `${p.toFixed(6)}:1:Yes` : `${(1 - p).toFixed(6)}:0:No`,
      );
      assert.deepEqual(
        found.classes.filter((_text, at) => at % 2 === 0),
        best,
      );

      assert.equal(found.missingInput.status, 'StatusCode.INVALID_ARGUMENT');
      assert.match(found.missingInput.message, /inputs\.contract: is missing/);
      assert.equal(found.unknownModel.status, 'StatusCode.NOT_FOUND');
      assert.equal(found.unknownVersion.status, 'StatusCode.NOT_FOUND');

      const [first, wrong, last] = found.stream;
      assert.ok(first !== undefined && 'id' in first && first.id === 'stream-0');
      assert.deepEqual(first.probabilities, found.infer.probabilities);
      assert.ok(wrong !== undefined && 'error' in wrong && /inputs\.contract: is missing/.test(wrong.error));
      assert.ok(last !== undefined && 'id' in last && last.id === 'stream-2');

      assert.deepEqual([found.otherReadyBefore, found.otherReadyAfter], [true, true]);
      assert.equal(found.other.version, '2');
      assert.deepEqual(
        found.index.map(({ name, version, state }) => [name, version, state]),
        [
          ['churn', '1', 'READY'],
          ['churn', '2', 'READY'],
        ],
      );
      const [one, two] = found.statistics;
      // Version 1: three answers of ModelInfer and two of the stream, 3 + 3 + 3 + 3 + 1 rows; refused: two of them.
      assert.equal(one?.inference_count, '13');
      assert.equal(one?.inference_stats.success.count, '5');
      assert.equal(one?.inference_stats.fail.count, '2');
      assert.ok(Number(one?.inference_stats.success.ns) > 0 && Number(one?.execution_count) >= 1);
      assert.equal(two?.inference_count, '3');

      assert.deepEqual([found.readyAfterUnload, found.readyAfterLoad], [false, true]);
      assert.match(found.inferAfterUnload.message, /was unloaded on request/);
      assert.match(found.badConfig.message, /is not JSON/);
      assert.equal(found.sharedMemory.status, 'StatusCode.UNIMPLEMENTED');
      assert.match(found.sharedMemory.message, /does not implement the method .*reflection service lists/);
    });
  });

  it('is ready for every version that it would serve, lists all, and names them where one is none', () =>
    withInference(async world => {
      const lost = smallModel({ shift: 2 });
      await world.register(smallModel(), smallModel({ shift: 1 }), lost);
      await world.promote(1);
      await rm(await world.artifacts.path(lost.digest));
      const { inference } = await world.start();
      const client = createGrpcClient(GRPCInferenceServiceService, {
        address: `127.0.0.1:${inference.port}`,
        peer: 'the inference server',
        secret: TEST_KEY,
      });
      const index = async (ready: boolean): Promise<string[]> => {
        const { models } = await client.repositoryIndex({ repositoryName: '', ready });
        return models.map(({ version, state, reason }) => `${version} ${state} ${reason}`.trim());
      };
      try {
        const later = 'UNAVAILABLE loaded when it is asked for';
        assert.deepEqual(await index(false), ['1 READY', `2 ${later}`, `3 ${later}`]);
        const ready = await Promise.all(
          ['', '1', '2', '3', '99', 'staging'].map(
            async version => (await client.modelReady({ name: 'churn', version })).ready,
          ),
        );
        assert.deepEqual(ready, [true, true, true, false, false, false]);
        assert.deepEqual(await index(true), ['1 READY', '2 READY']);
        await assert.rejects(
          client.modelInfer({ ...good(), modelVersion: '99' }),
          expectError('notFound', /churn has no version 99\. It has 3, 2, 1\. See/),
        );
        const archiving = { model: 'churn', version: 3, actor: 'test', reason: '' };
        await archiveVersion(world.database, archiving);
        assert.deepEqual(await index(false), ['1 READY', '2 READY']);
      } finally {
        client.close();
      }
    }));

  it('refuses what does not fit with INVALID_ARGUMENT, and says what was expected', () =>
    withServedModel(async ({ inference }) => {
      const client = createGrpcClient(GRPCInferenceServiceService, {
        address: `127.0.0.1:${inference.port}`,
        peer: 'the inference server',
        secret: TEST_KEY,
      });
      try {
        const { rawOutputContents } = await client.modelInfer(good());
        assert.equal(rawOutputContents.length, 2);
        for (const [name, request, says] of refusedRequests) {
          const error: unknown = await client.modelInfer(request()).then(
            () => assert.fail(`${name} was answered`),
            (reason: unknown) => reason,
          );
          assert.ok(error instanceof HoldfastError, name);
          assert.equal(error.code, 'invalidArgument', name);
          assert.match(error.message, says, name);
        }
        const metadata = new Metadata();
        metadata.set('x-holdfast-arm', 'B');
        await assert.rejects(
          client.modelInfer(good(), { metadata }),
          expectError('invalidArgument', /takes no part in experiments.*x-holdfast-arm.*use Predict/),
        );
      } finally {
        client.close();
      }
    }));
});
