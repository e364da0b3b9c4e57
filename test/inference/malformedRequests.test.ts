import assert from 'node:assert/strict';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { createRandom, type Random } from '../../ml/random/createRandom.ts';
import { PredictRequest } from '../../proto/gen/holdfast/v1/prediction.ts';
import { goodInstance } from '../support/smallModel.ts';
import { type Served, withServedModel } from '../support/withInference.ts';

const PATH = '/holdfast.v1.PredictionService/Predict';

/** What came of sending these very bytes: OK, or the status's name. */
function send(client: Client, bytes: Buffer): Promise<string> {
  return new Promise(resolve => {
    client.makeUnaryRequest(
      PATH,
      (given: Buffer) => given,
      (answer: Buffer) => answer,
      bytes,
      (error: ServiceError | null) => resolve(error === null ? 'OK' : status[error.code]),
    );
  });
}

async function withRawClient<T>({ inference }: Served, test: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(`127.0.0.1:${inference.port}`, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });
  try {
    return await test(client);
  } finally {
    client.close();
  }
}

const valid = Buffer.from(
  PredictRequest.encode({ model: 'churn', version: '', instances: [goodInstance, goodInstance] }).finish(),
);

/** A length-delimited field. */
function field(tag: number, inner: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = inner.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return Buffer.concat([Buffer.from([tag, ...length]), inner]);
  }
}

/** A list in a list in a list …, so many deep, as the value of a column. */
function nested(depth: number): Buffer {
  let value: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level++) value = field(0x32, field(0x0a, value));
  const entry = Buffer.concat([field(0x0a, Buffer.from('tenure')), field(0x12, value)]);
  return field(0x1a, field(0x0a, entry));
}

/** The bytes with a few of them replaced at random. */
function mutate(bytes: Buffer, random: Random): Buffer {
  const changes = 1 + random.below(4);
  for (let change = 0; change < changes && bytes.length > 0; change++)
    bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

describe('a request that is no valid message', () => {
  it('never answers INTERNAL and never ends the server, whatever the bytes', () =>
    withServedModel(async served =>
      withRawClient(served, async client => {
        const seed = 7;
        const random = createRandom(seed);
        const answers = new Map<string, number>();
        for (let round = 0; round < 2000; round++) {
          const noise = Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256)));
          const cut = round % 4 === 1 ? random.below(valid.length) : 0;
          const bytes = round % 2 === 0 ? noise : mutate(Buffer.from(valid.subarray(cut)), random);
          const answer = await send(client, bytes);
          answers.set(answer, (answers.get(answer) ?? 0) + 1);
          assert.ok(
            ['OK', 'INVALID_ARGUMENT', 'NOT_FOUND'].includes(answer),
            `seed ${seed}, round ${round}: ${answer} for ${bytes.toString('hex')}`,
          );
        }
        assert.ok((answers.get('INVALID_ARGUMENT') ?? 0) > 1000, JSON.stringify([...answers]));
        assert.equal(await send(client, valid), 'OK');
        assert.deepEqual(
          served.logs.filter(({ level }) => level >= 50),
          [],
        );
      }),
    ));

  it('refuses values nested too deep, too many instances, and too many bytes', () =>
    withServedModel(async served =>
      withRawClient(served, async client => {
        assert.equal(await send(client, nested(5)), 'INVALID_ARGUMENT');
        assert.equal(await send(client, nested(5000)), 'INVALID_ARGUMENT');
        // Twelve million empty instances in 24 MB.
        const begun = process.memoryUsage().heapUsed;
        assert.equal(
          await send(client, Buffer.alloc(24_000_000, Buffer.from([0x1a, 0x00]))),
          'INVALID_ARGUMENT',
        );
        assert.ok(process.memoryUsage().heapUsed - begun < 200e6, 'the instances were decoded');
        assert.equal(await send(client, Buffer.alloc(33 * 1024 * 1024)), 'RESOURCE_EXHAUSTED');
        assert.equal(await send(client, valid), 'OK');
      }),
    ));
});
