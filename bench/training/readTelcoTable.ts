import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import type { Column, Table } from '../../ml/dataset/Table.ts';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import churn from '../../projects/churn.ts';

type Row = Readonly<Record<string, string | number | null>>;

/** The Telco table of a CSV file as IBM publishes it. @throws TypeError where a column is absent */
export async function readTelcoTable(path: string): Promise<Table> {
  const rows: Row[] = [];
  for await (const row of createReadStream(path).pipe(parse({ columns: true, bom: true }))) rows.push(row);
  return tableOf(rows);
}

/** As many simulated customers, for a machine without that file. */
export const simulatedTelcoTable = (rows: number): Table =>
  tableOf(Array.from(simulateTelco({ rows, seed: 1 }), (row): Row => ({ ...row })));

function tableOf(rows: readonly Row[]): Table {
  const columns = Object.entries(churn.columns).map(([name, { kind }]): Column => {
    const texts = rows.map(row => textOf(row, name));
    if (kind === 'number')
      return { kind, name, values: Float32Array.from(texts, text => (text === '' ? Number.NaN : +text)) };
    const levels = [...new Set(texts)].filter(text => text !== '').sort();
    return { kind, name, levels, codes: Int32Array.from(texts, text => levels.indexOf(text)) };
  });
  const { column, positive } = churn.label;
  return {
    rowCount: rows.length,
    columns,
    labels: Uint8Array.from(rows, row => (textOf(row, column) === positive ? 1 : 0)),
  };
}

function textOf(row: Row, name: string): string {
  if (row[name] === undefined) throw new TypeError(`the Telco table lacks the column ${name}`);
  return String(row[name] ?? '').trim();
}
