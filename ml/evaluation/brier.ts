import { requirePredictions } from './cumulativeCounts.ts';

/**
 * Brier score: the mean squared difference of probability and label.
 * @throws RangeError where the lengths differ, there is no row, or a probability is not within [0, 1]
 */
export function brier(labels: Uint8Array, probabilities: Float64Array): number {
  requirePredictions(labels, probabilities);
  let sum = 0;
  for (let row = 0; row < labels.length; row++) sum += (probabilities[row] - labels[row]) ** 2;
  return sum / labels.length;
}
