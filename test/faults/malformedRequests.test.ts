import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRandom } from '../../ml/random/createRandom.ts';
import { drawMalformed, send, validRequest, withRawClient } from '../support/malformedRequests.ts';
import { testSeed, withSeed } from '../support/testSeed.ts';
import { withServedModel } from '../support/withInference.ts';

const REQUESTS = 100_000;
const IN_FLIGHT = 64;

describe('100,000 malformed requests', () => {
  it('answer INVALID_ARGUMENT or what the bytes happen to mean, never INTERNAL, and leave no memory behind', () =>
    withSeed(() =>
      withServedModel(async served =>
        withRawClient(served, async client => {
          const random = createRandom(testSeed);
          const answers = new Map<string, number>();
          const sendSome = async (count: number): Promise<void> => {
            let left = count;
            const caller = async (): Promise<void> => {
              while (left-- > 0) {
                const bytes = drawMalformed(random);
                const answer = await send(client, bytes);
                answers.set(answer, (answers.get(answer) ?? 0) + 1);
                assert.ok(
                  ['OK', 'INVALID_ARGUMENT', 'NOT_FOUND'].includes(answer),
                  `${answer} for ${bytes.toString('hex')}`,
                );
              }
            };
            await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
          };
          // What is made once, such as compiled code, is there after a tenth.
          await sendSome(REQUESTS / 10);
          const begun = process.memoryUsage().rss;
          await sendSome((REQUESTS / 10) * 9);
          const grownMb = (process.memoryUsage().rss - begun) / 1e6;
          assert.ok(grownMb < 50, `${grownMb.toFixed(0)} MB more`);
          assert.ok((answers.get('INVALID_ARGUMENT') ?? 0) > REQUESTS / 2, JSON.stringify([...answers]));
          assert.equal(await send(client, validRequest), 'OK');
          assert.deepEqual(
            served.logs.filter(({ level }) => level >= 50),
            [],
          );
        }),
      ),
    ));
});
