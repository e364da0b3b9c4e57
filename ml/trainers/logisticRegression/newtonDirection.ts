import { largestAbsolute } from './largestAbsolute.ts';
import type { LogisticObjective } from './logisticObjective.ts';

/** A way downhill from the present parameters; minimise() asks for one an iteration. */
export type Direction = (parameters: Float64Array, gradient: Float64Array) => Float64Array;

/** Of more rows a Hessian is estimated: from so many, a step takes the gradient down to some hundredths, at a fraction of the cost. */
const HESSIAN_ROWS = 50_000;
/** Of more rows than those it is used again too, as long as it takes the gradient down to this share a step. */
const GOOD_SHARE = 0.1;
/** One that does worse than this where it was computed was estimated from too few rows. */
const POOR_SHARE = 0.5;

/**
 * Newton's direction −H⁻¹g by Cholesky. Where H is singular in float64 (separated classes, or equal features without a
 * penalty) a growing ridge is added until it is not: the direction then still leads downhill.
 */
export function newtonDirection(objective: LogisticObjective): Direction {
  const size = objective.parameterCount;
  const hessian = new Float64Array(size * size);
  const factor = new Float64Array(size * size);
  let every = Math.max(1, Math.floor(objective.rowCount / HESSIAN_ROWS));
  const goodShare = objective.rowCount > HESSIAN_ROWS ? GOOD_SHARE : 0;
  let before = 0;
  let isNew = false;
  const refactor = (parameters: Float64Array): void => {
    objective.hessianAt(parameters, hessian, every);
    let largest = 0;
    for (let index = 0; index < size; index++) largest = Math.max(largest, hessian[index * size + index]);
    let ridge = 0;
    while (!cholesky(hessian, ridge, size, factor))
      ridge = ridge === 0 ? Math.max(largest * 1e-10, Number.MIN_VALUE) : ridge * 100;
  };
  return (parameters, gradient) => {
    const present = largestAbsolute(gradient);
    const share = before === 0 ? 1 : present / before;
    if (isNew && before > 0 && share > POOR_SHARE) every = Math.ceil(every / 4);
    isNew = share > goodShare;
    if (isNew) refactor(parameters);
    before = present;
    return solve(
      factor,
      gradient.map(component => -component),
      size,
    );
  };
}

/** Lower factor of (matrix + ridge × I) from its lower triangle; false where a pivot has no significant digit left. */
function cholesky(matrix: Float64Array, ridge: number, size: number, factor: Float64Array): boolean {
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column];
      if (row === column) sum += ridge;
      for (let inner = 0; inner < column; inner++)
        sum -= factor[row * size + inner] * factor[column * size + inner];
      if (row !== column) factor[row * size + column] = sum / factor[column * size + column];
      else if (sum > 1e-13 * (matrix[row * size + row] + ridge)) factor[row * size + row] = Math.sqrt(sum);
      else return false;
    }
  return true;
}

/** Solves L Lᵀ x = right side, in place of it. */
function solve(factor: Float64Array, right: Float64Array, size: number): Float64Array {
  for (let row = 0; row < size; row++) {
    let sum = right[row];
    for (let column = 0; column < row; column++) sum -= factor[row * size + column] * right[column];
    right[row] = sum / factor[row * size + row];
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = right[row];
    for (let below = row + 1; below < size; below++) sum -= factor[below * size + row] * right[below];
    right[row] = sum / factor[row * size + row];
  }
  return right;
}
