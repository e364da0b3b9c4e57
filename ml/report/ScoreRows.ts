import type { Table } from '../dataset/Table.ts';

/** The model itself, as a report asks it: probabilities of the positive label, one a row of the table. */
export type ScoreRows = (table: Table) => Promise<Float64Array>;
