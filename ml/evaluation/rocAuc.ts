import { cumulativeCounts } from './cumulativeCounts.ts';

/**
 * Area under the ROC curve: the chance that a positive row ranks above a negative one, ties counting half (Mann–Whitney U).
 * The counts are whole numbers, so the area is exact up to 2⁵³ pairs.
 * @throws RangeError as cumulativeCounts, or where a class has no row: there is no pair to compare
 */
export function rocAuc(labels: Uint8Array, probabilities: Float64Array): number {
  const { truePositives, falsePositives, positives, negatives } = cumulativeCounts(labels, probabilities);
  if (positives === 0 || negatives === 0)
    throw new RangeError(
      `ROC AUC is undefined for ${negatives} negative and ${positives} positive rows; expected at least one of each`,
    );
  let twiceArea = 0;
  let truePositivesBefore = 0;
  let falsePositivesBefore = 0;
  for (let step = 0; step < truePositives.length; step++) {
    twiceArea += (falsePositives[step] - falsePositivesBefore) * (truePositives[step] + truePositivesBefore);
    truePositivesBefore = truePositives[step];
    falsePositivesBefore = falsePositives[step];
  }
  return twiceArea / (2 * positives * negatives);
}
