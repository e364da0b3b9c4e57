import { chiSquaredTail } from '../statistics/chiSquaredTail.ts';

// Whether units were split as an experiment's weights say (sample-ratio mismatch). Weights may change on the way: a unit is counted
// once, at its first exposure, so that the units of each time of equal weights are a sample of their own, and the tests add up.

/** A time of equal weights. */
export interface ExposurePeriod {
  /** Arm → its share of the units, from 0 to 1; they sum to 1. */
  readonly shares: ReadonlyMap<string, number>;
  /** Arm → units that were exposed to it first in this time. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface SampleRatio {
  /** Arm → units that were to be expected. */
  readonly expected: ReadonlyMap<string, number>;
  /** Null while there are too few units to say. */
  readonly test: {
    readonly chiSquared: number;
    readonly degreesOfFreedom: number;
    readonly pValue: number;
  } | null;
}

/** Below it Pearson's approximation is none. */
const MINIMUM_EXPECTED = 5;

export function sampleRatio(periods: readonly ExposurePeriod[]): SampleRatio {
  const expected = new Map<string, number>();
  let chiSquared = 0;
  let degreesOfFreedom = 0;
  for (const { shares, counts } of periods) {
    // An arm without a share may still answer in the moment until every process knows the new weights.
    const open = [...shares].filter(([, share]) => share > 0);
    const total = open.reduce((sum, [arm]) => sum + (counts.get(arm) ?? 0), 0);
    for (const [arm, share] of shares) expected.set(arm, (expected.get(arm) ?? 0) + share * total);
    // A time that was too short says nothing by itself; its units are still expected somewhere.
    if (open.length < 2 || open.some(([, share]) => share * total < MINIMUM_EXPECTED)) continue;
    for (const [arm, share] of open)
      chiSquared += ((counts.get(arm) ?? 0) - share * total) ** 2 / (share * total);
    degreesOfFreedom += open.length - 1;
  }
  if (degreesOfFreedom === 0) return { expected, test: null };
  return {
    expected,
    test: { chiSquared, degreesOfFreedom, pValue: chiSquaredTail(chiSquared, degreesOfFreedom) },
  };
}
