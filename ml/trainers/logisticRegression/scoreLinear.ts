import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import type { LinearModel } from '../FittedModel.ts';
import { sigmoid } from '../sigmoid.ts';

/**
 * @returns the uncalibrated probability of label 1, one a row, summed in float64
 * @throws RangeError where the matrix has another number of columns than the model
 */
export function scoreLinear(
  model: LinearModel,
  { rowCount, columnCount, values }: FeatureMatrix,
): Float64Array {
  if (columnCount !== model.coefficients.length)
    throw new RangeError(
      `the matrix has ${columnCount} columns; expected ${model.coefficients.length}, one a coefficient`,
    );
  const scores = new Float64Array(rowCount).fill(model.intercept);
  for (let column = 0; column < columnCount; column++) {
    const coefficient = model.coefficients[column];
    const first = column * rowCount;
    for (let row = 0; row < rowCount; row++) scores[row] += coefficient * values[first + row];
  }
  for (let row = 0; row < rowCount; row++) scores[row] = sigmoid(scores[row]);
  return scores;
}
