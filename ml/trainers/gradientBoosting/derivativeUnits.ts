// Both derivatives of the log-loss are rounded to whole units, so that their sums are whole numbers, which are exact: histograms do
// not depend on the order of their rows, and taking a child's from its parent's leaves no residue. A gradient has 24 bits below
// the largest possible one. A hessian has them too up to 2^20 rows; beyond, as many as a cell of 64 bits has room for.

export interface DerivativeUnits {
  /** Powers of two. */
  readonly gradientUnit: number;
  readonly hessianUnit: number;
  /** Bits that hold any number of rows. */
  readonly countBits: number;
}

/** @param weights of label 0 and of label 1 */
export function derivativeUnits(rowCount: number, weights: readonly [number, number]): DerivativeUnits {
  const scale = 2 ** Math.ceil(Math.log2(Math.max(...weights)));
  const countBits = Math.ceil(Math.log2(rowCount + 1));
  const hessianBits = Math.min(24, 64 - 2 * countBits);
  return {
    gradientUnit: 2 ** -24 * scale,
    // A hessian is at most a quarter of the weight.
    hessianUnit: 2 ** (-2 - hessianBits) * scale,
    countBits,
  };
}
