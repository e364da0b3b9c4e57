import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import type { PerceptronModel } from '../FittedModel.ts';
import { sigmoid } from '../sigmoid.ts';
import { createNetwork } from './createNetwork.ts';
import { sparseRows } from './sparseRows.ts';

/** Rows made sparse at a time, so that a large table needs no second copy. */
const BLOCK_ROWS = 4096;

/**
 * Sums in float64 over the model's float32 weights.
 * @returns the probability of label 1, one a row
 * @throws RangeError where the matrix has not as many columns as the first layer has inputs
 */
export function scorePerceptron(model: PerceptronModel, matrix: FeatureMatrix): Float64Array {
  const inputs = model.layers[0]?.inputs ?? 0;
  if (matrix.columnCount !== inputs)
    throw new RangeError(`the matrix has ${matrix.columnCount} columns; the perceptron expects ${inputs}`);
  const network = createNetwork(
    inputs,
    model.layers.slice(0, -1).map(({ outputs }) => outputs),
  );
  const parameters = new Float64Array(network.parameterCount);
  for (const [index, { weights, biases }] of network.layers.entries()) {
    parameters.set(model.layers[index].weights, weights);
    parameters.set(model.layers[index].biases, biases);
  }
  const probabilities = new Float64Array(matrix.rowCount);
  for (let from = 0; from < matrix.rowCount; from += BLOCK_ROWS) {
    const rows = sparseRows(matrix, from, Math.min(from + BLOCK_ROWS, matrix.rowCount));
    for (let row = 0; row < rows.rowCount; row++)
      probabilities[from + row] = sigmoid(network.forward(parameters, rows, row));
  }
  return probabilities;
}
