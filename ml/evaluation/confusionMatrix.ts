import { requirePredictions } from './cumulativeCounts.ts';

export interface ConfusionMatrix {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/**
 * Counts of rows by label and answer; the positive label is answered where probability ≥ threshold.
 * @throws RangeError where the lengths differ, there is no row, or a probability is not within [0, 1]
 */
export function confusionMatrix(
  labels: Uint8Array,
  probabilities: Float64Array,
  threshold: number,
): ConfusionMatrix {
  requirePredictions(labels, probabilities);
  let truePositives = 0;
  let answeredPositive = 0;
  let positives = 0;
  for (let row = 0; row < labels.length; row++) {
    const answer = probabilities[row] >= threshold ? 1 : 0;
    answeredPositive += answer;
    positives += labels[row];
    truePositives += answer & labels[row];
  }
  return {
    truePositives,
    falsePositives: answeredPositive - truePositives,
    falseNegatives: positives - truePositives,
    trueNegatives: labels.length - positives - answeredPositive + truePositives,
  };
}
