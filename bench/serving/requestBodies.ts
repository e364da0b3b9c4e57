import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { type Column, PredictRequest } from '../../proto/gen/holdfast/v1/prediction.ts';
import { ModelInferRequest } from '../../proto/gen/inference/grpc_service.ts';
import churn from '../../projects/churn.ts';

/** Of Predict, of Explain (whose fields are the same), the messages of PredictStream (as columns), or the raw tensors of ModelInfer. */
export type RequestForm = 'instances' | 'explain' | 'columns' | 'stream' | 'tensors';

/** Requests for as many different customers each, all different, each after its length in 4 bytes. */
export function requestBodies(form: RequestForm, rowsEach: number, count: number): Buffer {
  const customers = [...simulateTelco({ rows: rowsEach * count, seed: 2 })].map(
    (row): Record<string, string | number | null> =>
      Object.fromEntries(Object.entries(row).filter(([name]) => name in churn.columns)),
  );
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => {
      const instances = customers.slice(index * rowsEach, (index + 1) * rowsEach);
      const bytes = Buffer.from(encode(form, instances));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    }),
  );
}

type Customer = Readonly<Record<string, string | number | null>>;

function encode(form: RequestForm, instances: readonly Customer[]): Uint8Array {
  const names = Object.keys(churn.columns);
  if (form === 'tensors') return encodeTensors(names, instances);
  const request: PredictRequest =
    form === 'instances' || form === 'explain'
      ? { model: 'churn', version: '', instances: [...instances] }
      : {
          model: 'churn',
          version: '',
          instances: [],
          columns: { columns: names.map(name => columnOf(name, instances)) },
        };
  return PredictRequest.encode(request).finish();
}

function encodeTensors(names: readonly string[], rows: readonly Customer[]): Uint8Array {
  const isText = (name: string): boolean => rows.some(row => typeof row[name] === 'string');
  return ModelInferRequest.encode({
    modelName: 'churn',
    modelVersion: '',
    id: '',
    parameters: {},
    inputs: names.map(name => ({
      name,
      datatype: isText(name) ? 'BYTES' : 'FP32',
      shape: [BigInt(rows.length), 1n],
      parameters: {},
    })),
    outputs: [{ name: 'probabilities', parameters: {} }],
    rawInputContents: names.map(name =>
      isText(name)
        ? Buffer.concat(rows.map(row => withLength(String(row[name] ?? ''))))
        : Buffer.from(Float32Array.from(rows, row => Number(row[name] ?? Number.NaN)).buffer),
    ),
  }).finish();
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function columnOf(name: string, rows: readonly Customer[]): Column {
  const values = rows.map(row => row[name]);
  const missing = values.flatMap((value, row) => (value === null ? [row] : []));
  if (values.some(value => typeof value === 'number'))
    return { name, numbers: values.map(value => Number(value ?? 0)), texts: [], codes: [], missing };
  const words = values.map(value => String(value ?? ''));
  const texts = [...new Set(words)];
  return { name, numbers: [], texts, codes: words.map(word => texts.indexOf(word)), missing };
}
