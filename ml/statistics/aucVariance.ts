import { cumulativeCounts } from '../evaluation/cumulativeCounts.ts';

/**
 * The variance of a ROC AUC by DeLong, DeLong and Clarke-Pearson (1988): that of each positive row's share of lower negative rows
 * over the positives, and the other way round, ties counting half.
 * @throws RangeError as cumulativeCounts
 * @returns NaN with less than two rows of a class
 */
export function aucVariance(labels: Uint8Array, probabilities: Float64Array): number {
  const { truePositives, falsePositives, positives, negatives } = cumulativeCounts(labels, probabilities);
  if (positives < 2 || negatives < 2) return Number.NaN;
  const ofPositives = { sum: 0, squares: 0 };
  const ofNegatives = { sum: 0, squares: 0 };
  let positivesAbove = 0;
  let negativesAbove = 0;
  for (let step = 0; step < truePositives.length; step++) {
    const positivesHere = truePositives[step] - positivesAbove;
    const negativesHere = falsePositives[step] - negativesAbove;
    const lowerNegatives = (negatives - falsePositives[step] + negativesHere / 2) / negatives;
    const higherPositives = (positivesAbove + positivesHere / 2) / positives;
    ofPositives.sum += positivesHere * lowerNegatives;
    ofPositives.squares += positivesHere * lowerNegatives ** 2;
    ofNegatives.sum += negativesHere * higherPositives;
    ofNegatives.squares += negativesHere * higherPositives ** 2;
    positivesAbove = truePositives[step];
    negativesAbove = falsePositives[step];
  }
  const variance = ({ sum, squares }: typeof ofPositives, rows: number): number =>
    Math.max(0, squares - (sum * sum) / rows) / (rows - 1);
  return variance(ofPositives, positives) / positives + variance(ofNegatives, negatives) / negatives;
}
