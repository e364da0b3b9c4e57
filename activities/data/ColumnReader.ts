import type { Column } from '../../ml/dataset/Table.ts';
import type { Fault } from './Violation.ts';

/** Reads one column's texts, row after row, into its typed form. */
export interface ColumnReader {
  readonly name: string;
  /** What is wrong with the text; null where it fits. Then `keep` may take it. */
  read(text: string): Fault | null;
  /** Adds the value that was read last. */
  keep(): void;
  finish(): Column;
}

export const missingFault: Fault = { kind: 'missing', rule: 'expected a value' };
