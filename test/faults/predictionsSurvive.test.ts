import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRandom } from '../../ml/random/createRandom.ts';
import { inferenceKilled, postgresAway } from '../support/predictionFaults.ts';
import { testSeed, withSeed } from '../support/testSeed.ts';

describe('predictions and exposures, for longer', () => {
  it('are all answered and all kept, once, through 60 s without PostgreSQL at 500 a second, and shipped within 30 s', async () => {
    const { drainMs, answered } = await postgresAway({ perSecond: 500, awayMs: 60_000 });
    console.log(`      ${answered} predictions, drained in ${(drainMs / 1000).toFixed(1)} s`);
    assert.ok(answered >= 5000, `${answered}: the machine is too busy to say anything`);
    assert.ok(drainMs <= 30_000, `${drainMs} ms`);
  });

  it('outlive ten kills of inference, by the policy always', () =>
    withSeed(async () => {
      const random = createRandom(testSeed);
      const answered = await inferenceKilled(Array.from({ length: 10 }, () => 20 + random.below(1500)));
      console.log(`      ${answered} predictions answered`);
      assert.ok(answered > 100);
    }));
});
