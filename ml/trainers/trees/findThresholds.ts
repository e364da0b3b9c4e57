// Where one column of numbers may be cut. Every threshold lies between two adjacent values of the column, so that a value
// never depends on how a midpoint was rounded. After scikit-learn's _BinMapper: all midpoints where the values are few,
// else cuts at equally spaced quantiles.

/**
 * @param values float32 without NaN
 * @param maximumBins 2 to 256
 * @param scratch as long as the values, or themselves; its content is lost
 * @returns ascending float32 thresholds, at most maximumBins − 1; none where all values are equal
 */
export function findThresholds(
  values: Float32Array,
  maximumBins: number,
  scratch: Float32Array,
): Float32Array {
  const pair = twoValues(values);
  if (pair !== null)
    return pair.length === 2 ? Float32Array.of(cutBetween(pair[0], pair[1])) : new Float32Array();
  scratch.set(values);
  const sorted = scratch.sort();
  const quantiles = Float32Array.from(
    { length: maximumBins - 1 },
    (_, bin) => sorted[Math.floor(((bin + 1) / maximumBins) * (sorted.length - 1))],
  );
  const distinct = keepDistinct(sorted);
  if (distinct.length <= maximumBins) {
    const thresholds = new Float32Array(distinct.length - 1);
    for (let place = 0; place < thresholds.length; place++)
      thresholds[place] = cutBetween(distinct[place], distinct[place + 1]);
    return thresholds;
  }
  const thresholds: number[] = [];
  let place = 0;
  for (const quantile of quantiles) {
    while (distinct[place] < quantile) place++;
    // Nothing lies above the largest value: where it is that common, the cut goes below it.
    const lower = Math.min(place, distinct.length - 2);
    const threshold = cutBetween(distinct[lower], distinct[lower + 1]);
    if (thresholds.length === 0 || threshold > thresholds[thresholds.length - 1]) thresholds.push(threshold);
  }
  return Float32Array.from(thresholds);
}

/** The float32 next to the middle of two values, below the upper one: `x <= cut` holds for the lower value alone. */
export function cutBetween(lower: number, upper: number): number {
  const middle = Math.fround((lower + upper) / 2);
  // Neighbours in float32 have no middle, and between the infinities it is NaN.
  return middle >= lower && middle < upper ? middle : lower;
}

/** One or two values where the column holds no more, without sorting: most columns are one-hot. Null where it holds more. */
function twoValues(values: Float32Array): readonly number[] | null {
  const first = values[0];
  let second = first;
  for (let row = 1; row < values.length; row++) {
    const value = values[row];
    if (value === first || value === second) continue;
    if (second !== first) return null;
    second = value;
  }
  if (second === first) return [first];
  return first < second ? [first, second] : [second, first];
}

/** In place: a copy of every column would wait for the garbage collector beside the table. */
function keepDistinct(sorted: Float32Array): Float32Array {
  let count = 0;
  for (const value of sorted) if (count === 0 || value !== sorted[count - 1]) sorted[count++] = value;
  return sorted.subarray(0, count);
}
