import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { foreignModels } from '../../support/foreignModels.ts';
import { testSeed } from '../../support/testSeed.ts';

describe('1,000 model files that were cut off or have bits turned over', () => {
  it('are refused with a reason, or still answer probabilities; none ends the process', async function () {
    const { folder } = await foreignModels(this);
    const seed = String(testSeed);
    const script = join(import.meta.dirname, 'adoptMutants.ts');
    const halves = [
      [0, 500],
      [500, 1000],
    ].map(async ([from, to]) => {
      const args = [script, folder, seed, String(from), String(to)];
      const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 24 });
      return JSON.parse(stdout);
    });
    for (const { taken, refused, others } of await Promise.all(halves)) {
      assert.deepEqual(others, []);
      assert.equal(taken + refused, 500);
      assert.ok(refused > 250, `only ${refused} were refused`);
    }
  });
});
