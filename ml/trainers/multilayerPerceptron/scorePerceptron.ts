import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import type { PerceptronModel } from '../FittedModel.ts';
import { sigmoid } from '../sigmoid.ts';

type Layer = PerceptronModel['layers'][number];

/**
 * Sums in float64 over the model's float32 weights, row by row, without regard to how they were trained.
 * @returns the probability of label 1, one a row
 * @throws RangeError where the matrix has not as many columns as the first layer has inputs
 */
export function scorePerceptron({ layers }: PerceptronModel, matrix: FeatureMatrix): Float64Array {
  const inputs = layers[0]?.inputs ?? 0;
  if (matrix.columnCount !== inputs)
    throw new RangeError(`the matrix has ${matrix.columnCount} columns; the perceptron expects ${inputs}`);
  const buffers = [inputs, ...layers.map(({ outputs }) => outputs)].map(size => new Float64Array(size));
  const probabilities = new Float64Array(matrix.rowCount);
  for (let row = 0; row < matrix.rowCount; row++) {
    for (let column = 0; column < inputs; column++)
      buffers[0][column] = matrix.values[column * matrix.rowCount + row];
    for (let index = 0; index < layers.length; index++) {
      if (index > 0) rectify(buffers[index]);
      applyLayer(layers[index], buffers[index], buffers[index + 1]);
    }
    probabilities[row] = sigmoid(buffers[layers.length][0]);
  }
  return probabilities;
}

/** Most features are levels that a row does not have, and half of the units are silent: zeros are passed over. */
function applyLayer({ inputs, outputs, weights, biases }: Layer, from: Float64Array, to: Float64Array): void {
  for (let output = 0; output < outputs; output++) to[output] = biases[output];
  for (let input = 0; input < inputs; input++) {
    const value = from[input];
    if (value === 0) continue;
    for (let output = 0, at = input * outputs; output < outputs; output++, at++)
      to[output] += value * weights[at];
  }
}

function rectify(values: Float64Array): void {
  for (let index = 0; index < values.length; index++) if (values[index] < 0) values[index] = 0;
}
