import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelMetadata } from '../../ml/onnx/ModelMetadata.ts';
import type { ProbeRows } from './ProbeRows.ts';

/** Rows as a model file of ours takes them. */
export const feedsOf = (
  { inputs }: Pick<ModelMetadata, 'inputs'>,
  { rowCount, columns }: ProbeRows,
): Record<string, Tensor> =>
  Object.fromEntries(
    inputs.map(({ name }) => {
      const values = columns.get(name) ?? [];
      return [
        name,
        values instanceof Float32Array
          ? new Tensor('float32', values, [rowCount, 1])
          : new Tensor('string', [...values], [rowCount, 1]),
      ];
    }),
  );

/** What a model file of ours answers, the positive outcome's probability a row. */
export async function scoreRows(
  session: InferenceSession,
  metadata: Pick<ModelMetadata, 'inputs'>,
  rows: ProbeRows,
): Promise<Float64Array> {
  const { probabilities } = await session.run(feedsOf(metadata, rows), ['probabilities']);
  return Float64Array.from({ length: rows.rowCount }, (_, row) => Number(probabilities.data[2 * row + 1]));
}
