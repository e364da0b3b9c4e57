import { cumulativeCounts } from './cumulativeCounts.ts';

/**
 * The threshold of the best F1. It lies midway between two neighbouring distinct probabilities (below the lowest: midway to
 * 0), so that no prediction stands on it; among equal F1 the highest threshold wins, which answers positive least often.
 * @returns .5 where no row is positive, as every F1 is 0 then
 * @throws RangeError where the lengths differ, there is no row, or a probability is not within [0, 1]
 */
export function chooseThreshold(labels: Uint8Array, probabilities: Float64Array): number {
  const counts = cumulativeCounts(labels, probabilities);
  if (counts.positives === 0) return 0.5;
  let bestF1 = -1;
  let best = 0;
  for (let step = 0; step < counts.probabilities.length; step++) {
    const answered = counts.truePositives[step] + counts.falsePositives[step];
    const f1 = (2 * counts.truePositives[step]) / (answered + counts.positives);
    if (f1 > bestF1) {
      bestF1 = f1;
      best = step;
    }
  }
  const lowestAnswered = counts.probabilities[best];
  const highestRefused = best + 1 < counts.probabilities.length ? counts.probabilities[best + 1] : 0;
  const middle = highestRefused + (lowestAnswered - highestRefused) / 2;
  // Between two neighbouring floats there is nothing: the middle rounds to one of them, and the lower would answer more.
  return middle > highestRefused ? middle : lowestAnswered;
}
