import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRandom } from '../../ml/random/createRandom.ts';
import { inferenceKilled, postgresAway } from '../support/predictionFaults.ts';
import { testSeed, withSeed } from '../support/testSeed.ts';

// The short form of test/faults/predictionsSurvive.test.ts.

describe('predictions and exposures', () => {
  it('are all answered and all kept, once, while PostgreSQL is away', async () => {
    const { answered } = await postgresAway({ perSecond: 100, awayMs: 2000 });
    assert.ok(answered > 100, String(answered));
  });

  it('outlive a kill of inference, by the policy always', () =>
    withSeed(async () => {
      const answered = await inferenceKilled([50 + createRandom(testSeed).below(300)]);
      assert.ok(answered > 0);
    }));
});
