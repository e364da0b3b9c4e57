import { requirePredictions } from './cumulativeCounts.ts';

/**
 * Mean negative log-likelihood in nats. Probabilities are clipped to [ε, 1 − ε] with ε = 2⁻⁵², as scikit-learn's log_loss
 * does for float64, so one certain mistake costs 36 nats and not infinity.
 * @throws RangeError where the lengths differ, there is no row, or a probability is not within [0, 1]
 */
export function logLoss(labels: Uint8Array, probabilities: Float64Array): number {
  requirePredictions(labels, probabilities);
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    const probability = Math.min(Math.max(probabilities[row], Number.EPSILON), 1 - Number.EPSILON);
    sum -= Math.log(labels[row] === 1 ? probability : 1 - probability);
  }
  return sum / labels.length;
}
