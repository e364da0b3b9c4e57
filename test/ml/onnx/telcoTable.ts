import type { Column, Table } from '../../../ml/dataset/Table.ts';
import type { TelcoRow } from '../../../ml/simulation/TelcoRow.ts';
import churn from '../../../projects/churn.ts';
import type { Row } from './handmade.ts';

/** Rows as the table that training reads: NaN and code -1 are missing values. */
export function telcoTable(rows: readonly Row[]): Table {
  const columns = Object.entries(churn.columns).map(([name, { kind }]): Column => {
    const values = rows.map(row => row[name]);
    if (kind === 'number') return { kind, name, values: Float32Array.from(values, Number) };
    const levels = [...new Set(values.map(String))].filter(level => level !== '').sort();
    return { kind, name, levels, codes: Int32Array.from(values, value => levels.indexOf(String(value))) };
  });
  return {
    rowCount: rows.length,
    columns,
    labels: Uint8Array.from(rows, row => (row.Churn === 'Yes' ? 1 : 0)),
  };
}

/** A simulated row as a client would send it: NaN where a number is missing. */
export const sent = (row: TelcoRow): Row => ({ ...row, TotalCharges: row.TotalCharges ?? Number.NaN });
