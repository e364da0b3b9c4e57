import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { type Column, PredictRequest } from '../../proto/gen/holdfast/v1/prediction.ts';
import churn from '../../projects/churn.ts';

export type RequestForm = 'instances' | 'columns';

/** Requests for as many different customers each, all different, each after its length in 4 bytes. */
export function requestBodies(form: RequestForm, rowsEach: number, count: number): Buffer {
  const customers = [...simulateTelco({ rows: rowsEach * count, seed: 2 })].map(
    (row): Record<string, string | number | null> =>
      Object.fromEntries(Object.entries(row).filter(([name]) => name in churn.columns)),
  );
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => {
      const instances = customers.slice(index * rowsEach, (index + 1) * rowsEach);
      const request: PredictRequest =
        form === 'instances'
          ? { model: 'churn', version: '', instances }
          : {
              model: 'churn',
              version: '',
              instances: [],
              columns: { columns: Object.keys(churn.columns).map(name => columnOf(name, instances)) },
            };
      const bytes = Buffer.from(PredictRequest.encode(request).finish());
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    }),
  );
}

function columnOf(name: string, rows: readonly Record<string, string | number | null>[]): Column {
  const values = rows.map(row => row[name]);
  const missing = values.flatMap((value, row) => (value === null ? [row] : []));
  if (values.some(value => typeof value === 'number'))
    return { name, numbers: values.map(value => Number(value ?? 0)), texts: [], codes: [], missing };
  const words = values.map(value => String(value ?? ''));
  const texts = [...new Set(words)];
  return { name, numbers: [], texts, codes: words.map(word => texts.indexOf(word)), missing };
}
