import { labelsOf } from './labelsOf.ts';
import type { Table } from './Table.ts';

/** A table of some rows, in their order; levels stay as they are. */
export function takeRows(table: Table, rows: Int32Array): Table {
  const { eventTime, unitHashes } = table;
  return {
    rowCount: rows.length,
    columns: table.columns.map(column =>
      column.kind === 'number'
        ? { ...column, values: Float32Array.from(rows, row => column.values[row]) }
        : { ...column, codes: Int32Array.from(rows, row => column.codes[row]) },
    ),
    labels: labelsOf(table, rows),
    ...(eventTime === undefined
      ? {}
      : { eventTime: { ...eventTime, times: Float64Array.from(rows, row => eventTime.times[row]) } }),
    ...(unitHashes === undefined ? {} : { unitHashes: Uint32Array.from(rows, row => unitHashes[row]) }),
  };
}
