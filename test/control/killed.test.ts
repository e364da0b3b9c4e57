import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRandom } from '../../ml/random/createRandom.ts';
import { controlKilled } from '../support/controlFaults.ts';
import { testSeed, withSeed } from '../support/testSeed.ts';

describe('control killed in the middle of changes', () => {
  it('does nothing twice and nothing half, and a run is watched to its end', function () {
    return withSeed(async () => {
      const random = createRandom(testSeed);
      const { runs, promotions, users } = await controlKilled(this, [300 + random.below(1500)]);
      for (const answered of [runs.size, promotions.length, users.size]) assert.ok(answered > 0);
    });
  });
});
