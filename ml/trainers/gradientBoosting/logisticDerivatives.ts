import { sigmoid } from '../sigmoid.ts';

// First and second derivatives of the log-loss with respect to the raw score. Both are rounded to a grid of 24 bits below
// the largest possible value: each fits a float32, and any sum of up to 2^28 of them is exact in a float64. Histograms
// therefore do not depend on the order of their rows, and taking a child's from its parent's leaves no residue.

/** Adding and taking away 1.5 × 2^52 units rounds to whole units (float64 has no finer step there). */
const ROUNDING = 1.5 * 2 ** 52;
const GRADIENT_UNIT = 2 ** -24;
const HESSIAN_UNIT = 2 ** -26;

export interface LogisticDerivatives {
  /** Fills gradients and hessians for the raw scores. */
  readonly update: (rawScores: Float64Array) => void;
  /** Whole multiples of the unit, at most 2^24 of them; powers of two. */
  readonly gradients: Float32Array;
  readonly gradientUnit: number;
  readonly hessians: Float32Array;
  readonly hessianUnit: number;
}

/** @param weights of label 0 and of label 1 */
export function createLogisticDerivatives(
  labels: Uint8Array,
  weights: readonly [number, number],
): LogisticDerivatives {
  const gradients = new Float32Array(labels.length);
  const hessians = new Float32Array(labels.length);
  const [negativeWeight, positiveWeight] = weights;
  const scale = 2 ** Math.ceil(Math.log2(Math.max(negativeWeight, positiveWeight)));
  const gradientUnit = GRADIENT_UNIT * scale;
  const hessianUnit = HESSIAN_UNIT * scale;
  const gradientRounding = ROUNDING * gradientUnit;
  const hessianRounding = ROUNDING * hessianUnit;
  const update = (rawScores: Float64Array): void => {
    for (let row = 0; row < labels.length; row++) {
      const label = labels[row];
      const weight = label === 1 ? positiveWeight : negativeWeight;
      const probability = sigmoid(rawScores[row]);
      gradients[row] = weight * (probability - label) + gradientRounding - gradientRounding;
      hessians[row] = weight * probability * (1 - probability) + hessianRounding - hessianRounding;
    }
  };
  return { update, gradients, gradientUnit, hessians, hessianUnit };
}
