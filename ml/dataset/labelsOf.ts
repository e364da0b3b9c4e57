import type { Table } from './Table.ts';

/** The labels of some rows, in the order of the rows. */
export const labelsOf = (table: Pick<Table, 'labels'>, rows: Int32Array): Uint8Array =>
  Uint8Array.from(rows, row => table.labels[row]);
