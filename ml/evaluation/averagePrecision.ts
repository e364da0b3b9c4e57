import { cumulativeCounts } from './cumulativeCounts.ts';

/**
 * Average precision: Σ (recall gained at a probability) × (precision there), without interpolation, as scikit-learn's
 * average_precision_score.
 * @throws RangeError as cumulativeCounts, or where no row is positive: there is no recall
 */
export function averagePrecision(labels: Uint8Array, probabilities: Float64Array): number {
  const { truePositives, falsePositives, positives } = cumulativeCounts(labels, probabilities);
  if (positives === 0)
    throw new RangeError('average precision is undefined without a positive row; expected at least one');
  let sum = 0;
  let before = 0;
  for (let step = 0; step < truePositives.length; step++) {
    const found = truePositives[step];
    sum += (found - before) * (found / (found + falsePositives[step]));
    before = found;
  }
  return sum / positives;
}
