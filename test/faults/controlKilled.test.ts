import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRandom } from '../../ml/random/createRandom.ts';
import { controlKilled } from '../support/controlFaults.ts';
import { testSeed, withSeed } from '../support/testSeed.ts';

describe('control killed, for longer', () => {
  it('does nothing twice and nothing half through ten kills', function () {
    return withSeed(async () => {
      const random = createRandom(testSeed);
      const kills = Array.from({ length: 10 }, () => 1500 + random.below(3500));
      const { runs, outcomes, promotions, users, disturbed } = await controlKilled(this, kills);
      console.log(
        `      ${runs.size} runs, ${outcomes.length} outcomes, ${promotions.length} promotions, ${users.size} users, ${disturbed} calls cut off`,
      );
      assert.ok(Math.min(runs.size, outcomes.length, promotions.length, users.size) > 0);
    });
  });
});
