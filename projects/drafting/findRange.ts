// The range of a number column from the values of one file: what was seen, with room on both sides, rounded outward. A value
// so far off that it must be a slip is not let in.

export interface DraftedRange {
  readonly min: number;
  readonly max: number;
  /** The values that the range leaves out, ascending. */
  readonly outliers: readonly number[];
}

const ROOM = 0.25;
const MAXIMUM_OUTLIER_SHARE = 0.001;

/** @param sorted ascending, not empty */
export function findRange(sorted: Float64Array, integer: boolean): DraftedRange {
  const high = countUpperOutliers(sorted);
  const low = countUpperOutliers(
    sorted
      .subarray(0, sorted.length - high)
      .map(value => -value)
      .toReversed(),
  );
  const kept = sorted.subarray(low, sorted.length - high);
  return {
    ...widen(kept[0], kept[kept.length - 1], integer),
    outliers: [...sorted.subarray(0, low), ...sorted.subarray(sorted.length - high)],
  };
}

/**
 * How many values at the upper end are slips beyond doubt: at most one in a thousand, and more than three times the span of
 * all others above them. Amounts of money often have such a tail honestly, so a positive column must show the gap on the
 * logarithmic scale too (twice the span from the 5th to the 95th percentile), any other column a gap of ten spans.
 */
function countUpperOutliers(sorted: Float64Array): number {
  const most = Math.min(Math.max(1, Math.floor(sorted.length * MAXIMUM_OUTLIER_SHARE)), sorted.length - 20);
  for (let count = most; count > 0; count--) {
    const rest = sorted.subarray(0, sorted.length - count);
    const top = rest[rest.length - 1];
    const gap = sorted[rest.length] - top;
    const span = top - rest[0];
    if (span === 0 || !(gap > 3 * span)) continue;
    if (rest[0] < 0 ? gap > 10 * span : isFarOnLogarithmicScale(rest, sorted[rest.length])) return count;
  }
  return 0;
}

function isFarOnLogarithmicScale(rest: Float64Array, value: number): boolean {
  const positive = rest.subarray(rest.findIndex(number => number > 0));
  const spread =
    Math.log(positive[Math.floor(0.95 * (positive.length - 1))]) -
    Math.log(positive[Math.floor(0.05 * (positive.length - 1))]);
  return Math.log(value) - Math.log(rest[rest.length - 1]) > 2 * spread;
}

function widen(low: number, high: number, integer: boolean): { min: number; max: number } {
  if (integer && low === 0 && high === 1) return { min: 0, max: 1 };
  const span = high - low || Math.abs(high) || 1;
  const digit = 10 ** (Math.floor(Math.log10(span)) - 1);
  const step = integer ? Math.max(1, digit) : digit;
  const min = tidy(Math.floor((low - ROOM * span) / step) * step);
  const max = tidy(Math.ceil((high + ROOM * span) / step) * step);
  // A column that was never negative is not expected to become so: no room beyond zero.
  return { min: low >= 0 ? Math.max(0, min) : min, max: high <= 0 ? Math.min(0, max) : max };
}

const tidy = (value: number): number => Number(value.toPrecision(12)) + 0;
