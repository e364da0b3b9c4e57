/** The logit of a probability, clipped to [1e-7, 1 − 1e-7] so that a certain answer stays finite; what Platt scaling reads. */
export function calibrationLogit(probability: number): number {
  const clipped = Math.min(Math.max(probability, 1e-7), 1 - 1e-7);
  return Math.log(clipped / (1 - clipped));
}
