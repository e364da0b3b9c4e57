import { Tensor } from 'onnxruntime-node';
import type { ElementType } from '../../ml/onnx/foreign/ForeignModel.ts';
import type { FedInput, InputPlan } from '../../ml/onnx/foreign/planInputs.ts';
import type { ProbeRows } from './ProbeRows.ts';

/** The rows as the foreign file itself takes them: the oracle against which the rewritten file is held. */
export const feedForeign = ({ fed }: InputPlan, rows: ProbeRows): Record<string, Tensor> =>
  Object.fromEntries(fed.map(each => [each.input.name, toTensor(each, rows)]));

function toTensor({ input, columns }: FedInput, { rowCount, columns: values }: ProbeRows): Tensor {
  const parts = columns.map(name => values.get(name) ?? []);
  const shape = input.shape?.length === 1 ? [rowCount] : [rowCount, columns.length];
  if (input.type === 'string')
    return new Tensor(
      'string',
      interleave(parts, rowCount).map(value => (typeof value === 'string' ? value : '')),
      shape,
    );
  return numbers(input.type, interleave(parts, rowCount).map(Number), shape);
}

const interleave = (
  parts: readonly (Float32Array | readonly string[])[],
  rowCount: number,
): (number | string)[] =>
  Array.from({ length: rowCount * parts.length }, (_, place) => {
    const part = parts[place % parts.length];
    return part[Math.floor(place / parts.length)];
  });

function numbers(type: Exclude<ElementType, 'string'>, values: readonly number[], shape: number[]): Tensor {
  if (type === 'float32') return new Tensor(type, Float32Array.from(values), shape);
  if (type === 'float64') return new Tensor(type, Float64Array.from(values), shape);
  if (type === 'int32') return new Tensor(type, Int32Array.from(values), shape);
  if (type === 'bool')
    return new Tensor(
      type,
      Uint8Array.from(values, value => (value === 0 ? 0 : 1)),
      shape,
    );
  return new Tensor(
    type,
    BigInt64Array.from(values, value => BigInt(Math.trunc(value))),
    shape,
  );
}
