import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRandom } from '../../ml/random/createRandom.ts';
import { drawMalformed, send, validRequest, withRawClient } from '../support/malformedRequests.ts';
import { withServedModel } from '../support/withInference.ts';

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

describe('a request that is no valid message', () => {
  it('never answers INTERNAL and never ends the server, whatever the bytes', () =>
    withServedModel(async served =>
      withRawClient(served, async client => {
        const seed = 7;
        const random = createRandom(seed);
        const answers = new Map<string, number>();
        for (let round = 0; round < 2000; round++) {
          const bytes = drawMalformed(random);
          const answer = await send(client, bytes);
          answers.set(answer, (answers.get(answer) ?? 0) + 1);
          assert.ok(
            ['OK', 'INVALID_ARGUMENT', 'NOT_FOUND'].includes(answer),
            `seed ${seed}, round ${round}: ${answer} for ${bytes.toString('hex')}`,
          );
        }
        assert.ok((answers.get('INVALID_ARGUMENT') ?? 0) > 1000, JSON.stringify([...answers]));
        assert.equal(await send(client, validRequest), 'OK');
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
        assert.equal(await send(client, validRequest), 'OK');
      }),
    ));
});
