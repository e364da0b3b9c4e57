import type { Encoder } from './Encoder.ts';
import type { FeatureMatrix } from './FeatureMatrix.ts';

/**
 * Leaves out the features that hardly go with the label. It sees the training part only.
 * @param encoder what made the matrix
 * @param matrix the training part's features
 * @param labels one a row of the matrix, 0 or 1
 * @param minimum a feature stays when its |Pearson r| with the label is above this; the best one always stays
 * @returns the encoder with the features that stay; its inputs are unchanged, so the model file still takes every column
 */
export function correlationFilter(
  encoder: Encoder,
  matrix: FeatureMatrix,
  labels: Uint8Array,
  minimum: number,
): Encoder {
  const strengths = encoder.features.map((_, place) =>
    Math.abs(pearson(matrix.values.subarray(place * matrix.rowCount, (place + 1) * matrix.rowCount), labels)),
  );
  const best = strengths.indexOf(Math.max(...strengths));
  return {
    inputs: encoder.inputs,
    features: encoder.features.filter((_, place) => strengths[place] > minimum || place === best),
  };
}

/** Pearson's r in two passes; 0 where one of the two does not vary. */
function pearson(values: Float32Array, labels: Uint8Array): number {
  let valueSum = 0;
  let labelSum = 0;
  for (let row = 0; row < values.length; row++) {
    valueSum += values[row];
    labelSum += labels[row];
  }
  const valueMean = valueSum / values.length;
  const labelMean = labelSum / values.length;
  let both = 0;
  let valueSquares = 0;
  let labelSquares = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] - valueMean;
    const label = labels[row] - labelMean;
    both += value * label;
    valueSquares += value * value;
    labelSquares += label * label;
  }
  const spread = Math.sqrt(valueSquares) * Math.sqrt(labelSquares);
  return spread > 0 ? both / spread : 0;
}
