import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { drawSyntheticTable } from '../../bench/training/drawSyntheticTable.ts';
import { requirePeer } from '../peers/requirePeer.ts';

// That the training bench runs both sides on the same problem, not how fast they are.

const run = promisify(execFile);
const side = z.object({
  seconds: z.number().positive(),
  cpuSeconds: z.number().positive(),
  peakMegabytes: z.number().min(20),
  rocAuc: z.number(),
  fitSeconds: z.record(z.string(), z.number().positive()),
});
const spread = z.object({
  median: z.number().positive(),
  lower: z.number().positive(),
  upper: z.number().positive(),
});
const output = z.object({
  machine: z.object({ processor: z.string(), cores: z.number().int().positive() }),
  lines: z.array(
    z.object({
      name: z.string(),
      rows: z.number().int(),
      columns: z.number().int(),
      fits: z.number().int(),
      runs: z.literal(1),
      loadAverage: z.number(),
      holdfast: side,
      scikitLearn: side.extend({ layout: z.enum(['threads', 'processes']) }),
      ratio: z.object({ seconds: spread, cpuSeconds: spread }),
    }),
  ),
});

/** How far the ROC AUC of two implementations of one recipe may lie apart on tables so small: their draws differ. */
const tolerances: Readonly<Record<string, number>> = {
  gradientBoosting: 0.01,
  logisticRegression: 1e-4,
  randomForest: 0.02,
  'Telco job, holdfast recipe': 0.03,
};

describe('npm run bench -- training', () => {
  it('runs both sides on the same problem, to equal quality', async function () {
    requirePeer(this, 'python');
    const args = ['bench/run.ts', 'training', '--quick', '--json'];
    const { lines } = output.parse(JSON.parse((await run(process.execPath, args)).stdout));
    assert.deepEqual(lines.map(line => line.name).sort(), Object.keys(tolerances).sort());
    for (const { name, fits, holdfast, scikitLearn } of lines) {
      const gap = Math.abs(holdfast.rocAuc - scikitLearn.rocAuc);
      assert.ok(gap <= tolerances[name], `${name}: ${holdfast.rocAuc} and ${scikitLearn.rocAuc}`);
      assert.ok(holdfast.rocAuc > 0.65, `${name} learnt nothing: ${holdfast.rocAuc}`);
      assert.equal(Object.keys(holdfast.fitSeconds).length, fits);
      assert.deepEqual(Object.keys(holdfast.fitSeconds), Object.keys(scikitLearn.fitSeconds));
    }
  });

  it('says what it takes', async () => {
    for (const args of [['training', '--fast'], ['training', '--runs', '0'], ['sorting']])
      await assert.rejects(run(process.execPath, ['bench/run.ts', ...args]), {
        code: 2,
        stderr: /npm run bench -- training/,
      });
  });
});

describe('the synthetic table', () => {
  it('is the same for the same seed, whatever its length', () => {
    const short = drawSyntheticTable(50, 7);
    const long = drawSyntheticTable(80, 7);
    assert.deepEqual(short.labels, long.labels.slice(0, 50));
    for (let column = 0; column < short.matrix.columnCount; column++)
      assert.deepEqual(
        short.matrix.values.slice(column * 50, column * 50 + 50),
        long.matrix.values.slice(column * 80, column * 80 + 50),
      );
    assert.notDeepEqual(short.matrix.values, drawSyntheticTable(50, 8).matrix.values);
  });

  it('has both outcomes in a fair share', () => {
    const positives = drawSyntheticTable(2000, 1).labels.reduce((sum, label) => sum + label, 0);
    assert.ok(positives > 400 && positives < 1200, `${positives} of 2000`);
  });
});
