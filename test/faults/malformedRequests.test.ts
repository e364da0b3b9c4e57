import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, it } from 'mocha';
import { createRandom } from '../../ml/random/createRandom.ts';
import { drawMalformed, send, validRequest, withRawClient } from '../support/malformedRequests.ts';
import { testSeed, withSeed } from '../support/testSeed.ts';
import { withServedModel } from '../support/withInference.ts';

const REQUESTS = 100_000;
const IN_FLIGHT = 64;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is still held once garbage is gone: the process's own size also tells of a heap that has room. */
function heldMb(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

describe('100,000 malformed requests', () => {
  it('answer INVALID_ARGUMENT or what the bytes happen to mean, never INTERNAL, and leave no memory behind', () =>
    withSeed(() =>
      withServedModel(async served =>
        withRawClient(served, async client => {
          const random = createRandom(testSeed);
          const answers = new Map<string, number>();
          // Each refused call leaves a line at debug, which a server writes and this test would keep.
          const forgetSmallTalk = (): void =>
            void served.logs.splice(0, served.logs.length, ...served.logs.filter(({ level }) => level >= 50));
          const sendSome = async (count: number): Promise<void> => {
            let left = count;
            const caller = async (): Promise<void> => {
              while (left-- > 0) {
                if (left % 500 === 0) forgetSmallTalk();
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
          const begunMb = heldMb();
          await sendSome((REQUESTS / 10) * 9);
          const grownMb = heldMb() - begunMb;
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
