/**
 * Weighted mean log-loss of raw scores (log-odds), without overflow for any finite score.
 * @param weights of label 0 and of label 1
 */
export function meanLogLoss(
  rawScores: Float64Array,
  labels: Uint8Array,
  [negativeWeight, positiveWeight]: readonly [number, number],
): number {
  let loss = 0;
  let weights = 0;
  for (let row = 0; row < labels.length; row++) {
    const rawScore = rawScores[row];
    const weight = labels[row] === 1 ? positiveWeight : negativeWeight;
    loss +=
      weight * (Math.max(rawScore, 0) + Math.log1p(Math.exp(-Math.abs(rawScore))) - labels[row] * rawScore);
    weights += weight;
  }
  return loss / weights;
}
