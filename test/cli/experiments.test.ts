import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { allocateBuckets } from '../../ml/experiments/allocateBuckets.ts';
import { createAssignment } from '../../ml/experiments/createAssignment.ts';
import { runHoldfast } from '../support/runHoldfast.ts';
import { goodInstance } from '../support/smallModel.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withSystem } from '../support/withSystem.ts';

describe('holdfast experiments', () => {
  it('starts one, submits to it, adjusts, shows, stops and lists it', () =>
    withSystem(async ({ addresses, served, home }) => {
      const command = async (...args: string[]): Promise<string> => {
        const { code, stdout, stderr } = await runHoldfast(args, addresses);
        assert.equal(code, 0, stderr);
        return stdout;
      };
      const started = await command(
        'experiments',
        'start',
        'simpler',
        '--arm',
        'A=production:80',
        '--arm',
        'B=2:20',
        '--reason',
        'why not',
      );
      assert.match(started, /simpler of churn: running, from .*, salt churn\/simpler/);
      assert.match(started, /^A +production +80 %$/m);
      const { store, log } = served.inference;
      await waitUntil('the experiment has begun', () => store.experiment('churn') !== undefined);
      const unit = '7590-VHVEG';
      const assign = createAssignment(
        'churn/simpler',
        allocateBuckets(
          [],
          [
            { arm: 'A', weight: 8000 },
            { arm: 'B', weight: 2000 },
          ],
        ),
      );
      const submitted = await command('submit', '--unit', unit, JSON.stringify(goodInstance));
      assert.match(submitted, new RegExp(`^${unit} .* simpler/${assign(unit)} `, 'm'));
      await waitUntil('the exposure is shipped', () => log.pendingBytes() === 0);
      await command('experiments', 'adjust', 'simpler', '--arm', 'A=50', '--arm', 'B=50%');
      const shown = await command('experiments', 'show', 'simpler');
      assert.match(shown, new RegExp(`^${assign(unit)} +\\S+ +50 % +1$`, 'm'));
      assert.match(shown, /start +A=80 B=20 +tester\/test +why not\n.*adjust +A=50 B=50 +tester\/test +-$/m);
      await command('outcomes', 'record', '--unit', unit, '--outcome', 'Yes');
      const known = await command('outcomes', 'record', '--unit', unit, '--outcome', 'Yes');
      assert.equal(known, '0 recorded, 0 corrected, 1 known already.\n');
      await writeFile(
        join(home, 'outcomes.csv'),
        `unit_key,outcome,observed_time\n${unit},No,2026-01-31\nother,No,\n`,
      );
      assert.equal(
        await command('outcomes', 'record', '--file', join(home, 'outcomes.csv')),
        '1 recorded, 1 corrected, 0 known already.\n',
      );
      const results = await command('experiments', 'results', 'simpler');
      assert.match(results, new RegExp(`^${assign(unit)} +\\S+ +1 +`, 'm'));
      assert.match(results, /Too few units to check the split/);
      assert.match(
        await command('customers', 'list'),
        new RegExp(`^churn +${unit} .* No +2026-01-31T00:00:00Z$`, 'm'),
      );
      const customer = await command('customers', 'show', unit);
      assert.match(customer, /tenure +\d/);
      assert.match(customer, /^\S+ +Yes +\S+ +tester\/test +the customer$/m);
      assert.match(
        await command('baseline', 'show'),
        /version 1 is measured from dataset 1 .*trained on them/,
      );
      await command('experiments', 'stop', 'simpler', '--yes');
      assert.match(
        await command('experiments', 'list'),
        /^churn +simpler +stopped +A=production:50 B=2:50 /m,
      );
      await command('experiments', 'start', 'mirror', '--arm', 'A=production:100', '--shadow', 'S=2');
      assert.match(
        await command('experiments', 'list'),
        /^churn +mirror +running +A=production:100 S=2 \(shadow\) /m,
      );
      assert.match(await command('experiments', 'results', 'mirror'), /One arm answers every unit/);
    }));
});
