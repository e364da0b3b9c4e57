import type { InferenceSession } from 'onnxruntime-node';

/** The second column of a run's `probabilities`, [rows, 2]. @throws Error where they are of another shape */
export function positiveColumn(
  { probabilities }: InferenceSession.OnnxValueMapType,
  rows: number,
): Float32Array {
  const { data } = probabilities;
  if (!(data instanceof Float32Array) || data.length !== 2 * rows)
    throw new Error('The model file answered probabilities of another shape than [N, 2].');
  const positive = new Float32Array(rows);
  for (let row = 0; row < rows; row++) positive[row] = data[2 * row + 1];
  return positive;
}
