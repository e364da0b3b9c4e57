import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Column, Table } from '../../ml/dataset/Table.ts';
import type { ModelMetadata } from '../../ml/onnx/ModelMetadata.ts';

// run() blocks the JavaScript thread for its whole length, so rows go in slices, with the event loop between them.
const sliceRows = 1024;

/**
 * Probabilities of the positive label for the given rows, by ONNX Runtime.
 * @throws TypeError when the table lacks a column of the model or holds another kind
 */
export async function scoreTable(
  onnx: Uint8Array,
  { inputs }: Pick<ModelMetadata, 'inputs'>,
  table: Table,
  rows: Int32Array,
): Promise<Float64Array> {
  const columns = inputs.map(({ name, kind }) => {
    const column = table.columns.find(each => each.name === name);
    if (column?.kind !== kind)
      throw new TypeError(
        `the model needs the ${kind} column ${name}; the table has ${column?.kind ?? 'none'}`,
      );
    return column;
  });
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1 });
  try {
    const probabilities = new Float64Array(rows.length);
    for (let start = 0; start < rows.length; start += sliceRows) {
      const slice = rows.subarray(start, start + sliceRows);
      const feeds = Object.fromEntries(columns.map(column => [column.name, toTensor(column, slice)]));
      const outputs = await session.run(feeds, ['probabilities']);
      const { data } = outputs.probabilities;
      for (let place = 0; place < slice.length; place++)
        probabilities[start + place] = Number(data[2 * place + 1]);
      await new Promise(setImmediate);
    }
    return probabilities;
  } finally {
    await session.release();
  }
}

function toTensor(column: Column, rows: Int32Array): Tensor {
  const shape = [rows.length, 1];
  if (column.kind === 'number')
    return new Tensor(
      'float32',
      Float32Array.from(rows, row => column.values[row]),
      shape,
    );
  const text = Array.from(rows, row => (column.codes[row] < 0 ? '' : column.levels[column.codes[row]]));
  return new Tensor('string', text, shape);
}
