import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import { sigmoid } from '../sigmoid.ts';

// The penalised logistic loss Σ weight × (log(1 + e^z) − y z) + ½ λ‖w‖² with z = intercept + X w, and its derivatives.
// A parameter vector holds the intercept first, then one coefficient a feature; the intercept carries no penalty.

export interface LogisticObjective {
  /** Intercept and coefficients together. */
  readonly parameterCount: number;
  readonly rowCount: number;
  /** Writes [1 X] · vector, one a row, into `target`. */
  project(vector: Float64Array, target: Float64Array): void;
  /** The objective, from the margins z of the parameters. */
  valueAt(parameters: Float64Array, margins: Float64Array): number;
  /** Writes the gradient into `target`. */
  gradientAt(parameters: Float64Array, margins: Float64Array, target: Float64Array): void;
  /** Writes the lower triangle of the Hessian, row-major, into `target`. */
  hessianAt(margins: Float64Array, target: Float64Array): void;
}

/**
 * @param labels one a row of the matrix, 0 or 1
 * @param classWeights the weight of a row of label 0 and of label 1
 */
export function logisticObjective(
  { rowCount, columnCount, values }: FeatureMatrix,
  labels: Uint8Array,
  classWeights: readonly [number, number],
  l2: number,
): LogisticObjective {
  const parameterCount = columnCount + 1;
  const column = (index: number): Float32Array => values.subarray(index * rowCount, (index + 1) * rowCount);
  const perRow = new Float64Array(rowCount);
  const weighted = new Float64Array(rowCount);

  const project = (vector: Float64Array, target: Float64Array): void => {
    target.fill(vector[0]);
    for (let index = 0; index < columnCount; index++) {
      const coefficient = vector[index + 1];
      if (coefficient === 0) continue;
      const features = column(index);
      for (let row = 0; row < rowCount; row++) target[row] += coefficient * features[row];
    }
  };

  const valueAt = (parameters: Float64Array, margins: Float64Array): number => {
    let loss = 0;
    for (let row = 0; row < rowCount; row++) {
      // log(1 + e^z) − y z is log(1 + e^u) with u = −z for a positive row and z for a negative one.
      const u = labels[row] === 1 ? -margins[row] : margins[row];
      loss += classWeights[labels[row]] * (Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u))));
    }
    let squares = 0;
    for (let index = 1; index < parameterCount; index++) squares += parameters[index] ** 2;
    return loss + 0.5 * l2 * squares;
  };

  const gradientAt = (parameters: Float64Array, margins: Float64Array, target: Float64Array): void => {
    let total = 0;
    for (let row = 0; row < rowCount; row++) {
      perRow[row] = classWeights[labels[row]] * (sigmoid(margins[row]) - labels[row]);
      total += perRow[row];
    }
    target[0] = total;
    for (let index = 0; index < columnCount; index++)
      target[index + 1] = dot(column(index), perRow) + l2 * parameters[index + 1];
  };

  const hessianAt = (margins: Float64Array, target: Float64Array): void => {
    let total = 0;
    for (let row = 0; row < rowCount; row++) {
      const probability = sigmoid(margins[row]);
      perRow[row] = classWeights[labels[row]] * probability * (1 - probability);
      total += perRow[row];
    }
    target[0] = total;
    for (let index = 0; index < columnCount; index++) {
      const features = column(index);
      let sum = 0;
      for (let row = 0; row < rowCount; row++) {
        weighted[row] = perRow[row] * features[row];
        sum += weighted[row];
      }
      const first = (index + 1) * parameterCount;
      target[first] = sum;
      for (let other = 0; other <= index; other++) target[first + other + 1] = dot(column(other), weighted);
      target[first + index + 1] += l2;
    }
  };

  return { parameterCount, rowCount, project, valueAt, gradientAt, hessianAt };
}

function dot(features: Float32Array, rows: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < rows.length; row++) sum += features[row] * rows[row];
  return sum;
}
