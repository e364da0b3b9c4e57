/**
 * Weights of the two classes that give each the same sum: rows / (2 × rows of the class), as scikit-learn's
 * class_weight="balanced".
 * @param labels one a row, 0 or 1
 * @returns the weight of label 0 and of label 1
 * @throws RangeError where a class has no row
 */
export function balancedWeights(labels: Uint8Array): readonly [number, number] {
  let positives = 0;
  for (const label of labels) positives += label;
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0)
    throw new RangeError(
      `${negatives} negative and ${positives} positive rows cannot be balanced; expected at least one of each`,
    );
  return [labels.length / (2 * negatives), labels.length / (2 * positives)];
}
