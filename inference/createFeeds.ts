import { Tensor } from 'onnxruntime-node';
import type { SignatureInput } from '../ml/onnx/ModelMetadata.ts';
import type { Columns } from './Columns.ts';

/** Rows `from` (inclusive) to `to` (exclusive) as the model file's inputs, each a tensor [to - from, 1]. */
export function createFeeds(
  inputs: readonly SignatureInput[],
  { rowCount, values }: Columns,
  from: number,
  to: number,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  const dims = [to - from, 1];
  const whole = from === 0 && to === rowCount;
  for (const [place, { name }] of inputs.entries()) {
    const column = values[place];
    feeds[name] =
      column instanceof Float32Array
        ? new Tensor('float32', whole ? column : column.subarray(from, to), dims)
        : new Tensor('string', whole ? column : column.slice(from, to), dims);
  }
  return feeds;
}
