import type { Cell } from './parseCell.ts';
import type { RawRow } from './readRows.ts';

/** What is wrong with one row of the file; `column` is undefined where it is the row as a whole. */
export interface RowFault {
  readonly row: number;
  readonly line: number;
  readonly column: string | undefined;
  readonly description: string;
}

/** A row on its way to the server. Rows with faults are not sent. */
export interface ParsedRow {
  readonly source: RawRow;
  readonly instance: Readonly<Record<string, Cell>>;
  readonly faults: readonly RowFault[];
}

/** The answer to one row; null where the row has faults. */
export interface RowAnswer {
  readonly probability: number;
  readonly label: string;
}

export interface ScoredRow {
  readonly source: RawRow;
  readonly answer: RowAnswer | null;
  readonly faults: readonly RowFault[];
}
