// How many of each class lie at or above each distinct probability, from the highest down: what every ranking metric, curve
// and threshold is read from. Rows of equal probability enter together, so no figure depends on the rows' order.

export interface CumulativeCounts {
  /** Distinct probabilities, descending. */
  readonly probabilities: Float64Array;
  /** Positive rows at or above each. */
  readonly truePositives: Float64Array;
  /** Negative rows at or above each. */
  readonly falsePositives: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

/**
 * @param labels one a row, 0 or 1
 * @param probabilities one a row, of label 1
 * @throws RangeError where the lengths differ, there is no row, or a probability is not within [0, 1]
 */
export function cumulativeCounts(labels: Uint8Array, probabilities: Float64Array): CumulativeCounts {
  requirePredictions(labels, probabilities);
  // Sorting numbers alone is many times faster than sorting indices by a comparison, so each class is sorted by itself.
  const ofClass = [new Float64Array(labels.length), new Float64Array(labels.length)] as const;
  const sizes = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] === 0 ? 0 : 1;
    ofClass[label][sizes[label]++] = probabilities[row];
  }
  const [negatives, positives] = sizes;
  const negative = ofClass[0].subarray(0, negatives).sort();
  const positive = ofClass[1].subarray(0, positives).sort();

  const distinct = new Float64Array(labels.length);
  const truePositives = new Float64Array(labels.length);
  const falsePositives = new Float64Array(labels.length);
  let count = 0;
  let positivesLeft = positives;
  let negativesLeft = negatives;
  while (positivesLeft + negativesLeft > 0) {
    const highest = Math.max(
      positivesLeft > 0 ? positive[positivesLeft - 1] : -1,
      negativesLeft > 0 ? negative[negativesLeft - 1] : -1,
    );
    while (positivesLeft > 0 && positive[positivesLeft - 1] === highest) positivesLeft -= 1;
    while (negativesLeft > 0 && negative[negativesLeft - 1] === highest) negativesLeft -= 1;
    distinct[count] = highest;
    truePositives[count] = positives - positivesLeft;
    falsePositives[count] = negatives - negativesLeft;
    count += 1;
  }
  return {
    probabilities: distinct.subarray(0, count),
    truePositives: truePositives.subarray(0, count),
    falsePositives: falsePositives.subarray(0, count),
    positives,
    negatives,
  };
}

/** @throws RangeError as said above; for metrics that need no order. */
export function requirePredictions(labels: Uint8Array, probabilities: Float64Array): void {
  if (labels.length === 0) throw new RangeError('there is no row to evaluate; expected at least one');
  if (labels.length !== probabilities.length)
    throw new RangeError(
      `${probabilities.length} probabilities for ${labels.length} labels; expected one a label`,
    );
  for (let row = 0; row < probabilities.length; row++) {
    const probability = probabilities[row];
    if (!(probability >= 0 && probability <= 1))
      throw new RangeError(`the probability of row ${row} is ${probability}; expected a number from 0 to 1`);
  }
}
