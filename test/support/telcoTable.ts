import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Context } from 'mocha';
import { splitTable, type TableSplit } from '../../ml/dataset/splitTable.ts';
import type { Column, Table } from '../../ml/dataset/Table.ts';
import churn from '../../projects/churn.ts';
import { requireData } from '../peers/requirePeer.ts';

// The Telco table for tests of ml/, read without the product's own ingestion so that the two can be compared, and the five
// fixed splits on which every figure is measured. test/golden/telco.py reads the same file and the same splits.

export const telcoSplitSeeds = [1, 2, 3, 4, 5] as const;

/** IBM's Telco table by the churn definition; skips the test where the file is absent. A blank TotalCharges is NaN. */
export const telcoTable = (test: Context): Table => readTelco(requireData(test, 'telco-customer-churn.csv'));

/** The five stratified 80/20 splits, each with five folds. */
export const telcoSplits = (table: Table): readonly TableSplit[] =>
  telcoSplitSeeds.map(seed => splitTable(table, { holdoutShare: 0.2, folds: 5, seed }));

export function readTelco(path: string): Table {
  const rows = parse<Record<string, string>>(readFileSync(path), { columns: true, bom: true });
  const columns = Object.entries(churn.columns).map(([name, { kind }]): Column => {
    const texts = rows.map(row => row[name].trim());
    if (kind === 'number')
      return { kind, name, values: Float32Array.from(texts, text => (text === '' ? Number.NaN : +text)) };
    const levels = [...new Set(texts)].filter(text => text !== '').sort();
    return { kind, name, levels, codes: Int32Array.from(texts, text => levels.indexOf(text)) };
  });
  const labels = Uint8Array.from(rows, row => (row[churn.label.column] === churn.label.positive ? 1 : 0));
  return { rowCount: rows.length, columns, labels };
}
