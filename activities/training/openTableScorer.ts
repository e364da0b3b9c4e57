import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Column, Table } from '../../ml/dataset/Table.ts';
import type { ModelMetadata } from '../../ml/onnx/ModelMetadata.ts';

export interface TableScorer {
  /** Probabilities of the positive label, one a row. @throws TypeError where the table lacks a column of the model */
  score(table: Table): Promise<Float64Array>;
  close(): Promise<void>;
}

// run() blocks the JavaScript thread for its whole length, so rows go in slices, with the event loop between them.
const sliceRows = 1024;

/** A model file in ONNX Runtime, to score any number of tables. A column that several tables share is translated once. */
export async function openTableScorer(
  onnx: Uint8Array,
  { inputs }: Pick<ModelMetadata, 'inputs'>,
): Promise<TableScorer> {
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1 });
  const translated = new WeakMap<Column, Tensor[]>();
  const tensorsOf = (column: Column, rowCount: number): Tensor[] => {
    const known = translated.get(column);
    if (known !== undefined) return known;
    const tensors: Tensor[] = [];
    for (let start = 0; start < rowCount; start += sliceRows)
      tensors.push(toTensor(column, start, Math.min(start + sliceRows, rowCount)));
    translated.set(column, tensors);
    return tensors;
  };
  return {
    async score(table) {
      const columns = inputs.map(({ name, kind }) => {
        const column = table.columns.find(each => each.name === name);
        if (column?.kind !== kind)
          throw new TypeError(
            `the model needs the ${kind} column ${name}; the table has ${column?.kind ?? 'none'}`,
          );
        return { name, tensors: tensorsOf(column, table.rowCount) };
      });
      const probabilities = new Float64Array(table.rowCount);
      for (let slice = 0; slice * sliceRows < table.rowCount; slice++) {
        const feeds = Object.fromEntries(columns.map(({ name, tensors }) => [name, tensors[slice]]));
        const { data, dims } = (await session.run(feeds, ['probabilities'])).probabilities;
        for (let place = 0; place < dims[0]; place++)
          probabilities[slice * sliceRows + place] = Number(data[2 * place + 1]);
        await new Promise(setImmediate);
      }
      return probabilities;
    },
    close: () => session.release(),
  };
}

function toTensor(column: Column, start: number, end: number): Tensor {
  const shape = [end - start, 1];
  if (column.kind === 'number') return new Tensor('float32', column.values.slice(start, end), shape);
  const text = Array.from(column.codes.subarray(start, end), code => (code < 0 ? '' : column.levels[code]));
  return new Tensor('string', text, shape);
}
