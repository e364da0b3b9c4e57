import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { type ExposurePeriod, sampleRatio } from '../../../ml/experiments/sampleRatio.ts';
import { chiSquaredTail } from '../../../ml/statistics/chiSquaredTail.ts';
import { readGolden } from '../../support/readGolden.ts';

const golden = readGolden(
  'experiments',
  z.object({
    tails: z.array(z.tuple([z.number(), z.number(), z.number()])),
    splits: z.array(
      z.object({
        counts: z.array(z.number()),
        shares: z.array(z.number()),
        statistic: z.number(),
        pValue: z.number(),
      }),
    ),
  }),
);

const period = (counts: readonly number[], shares: readonly number[]): ExposurePeriod => ({
  counts: new Map(counts.map((count, arm) => [`arm ${arm}`, count])),
  shares: new Map(shares.map((share, arm) => [`arm ${arm}`, share])),
});

/** SciPy's own tail is good to about twelve digits far out. */
const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) <= 1e-11 * Math.abs(expected) + 1e-300, `${actual}, not ${expected}`);

describe('the sample-ratio check', () => {
  it('has SciPy’s tails of the chi-squared distribution, also far out', () => {
    for (const [value, degrees, tail] of golden.tails) near(chiSquaredTail(value, degrees), tail);
    assert.equal(chiSquaredTail(Number.POSITIVE_INFINITY, 3), 0);
    for (const [value, degrees] of [
      [-1, 1],
      [Number.NaN, 1],
      [1, 0],
      [1, 1.5],
    ])
      assert.throws(() => chiSquaredTail(value, degrees), RangeError);
  });

  it('is SciPy’s chisquare of one split', () => {
    assert.ok(golden.splits.length > 3);
    for (const { counts, shares, statistic, pValue } of golden.splits) {
      const { test } = sampleRatio([period(counts, shares)]);
      assert.ok(test);
      near(test.chiSquared, statistic);
      near(test.pValue, pValue);
      assert.equal(test.degreesOfFreedom, counts.length - 1);
    }
  });

  it('adds up over times of other weights, where the totals alone would look like a mismatch', () => {
    const { test, expected } = sampleRatio([period([500, 500], [0.5, 0.5]), period([90, 10], [0.9, 0.1])]);
    assert.deepEqual([...expected.values()], [590, 510]);
    assert.deepEqual(test, { chiSquared: 0, degreesOfFreedom: 2, pValue: 1 });
  });

  it('says nothing of too few units, and leaves out what an arm without a share answered', () => {
    assert.equal(sampleRatio([]).test, null);
    assert.equal(sampleRatio([period([3, 4], [0.5, 0.5])]).test, null);
    const { test, expected } = sampleRatio([period([50, 50, 2], [0.5, 0.5, 0])]);
    assert.deepEqual([test?.chiSquared, test?.degreesOfFreedom], [0, 1]);
    assert.deepEqual([...expected.values()], [50, 50, 0]);
  });
});
