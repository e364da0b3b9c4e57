import type { Table } from '../dataset/Table.ts';
import { meanSd } from '../evaluation/meanSd.ts';
import { rocAuc } from '../evaluation/rocAuc.ts';
import { createRandom } from '../random/createRandom.ts';
import { deriveSeed } from '../random/deriveSeed.ts';
import type { ScoreRows } from './ScoreRows.ts';

export interface ColumnImportance {
  readonly column: string;
  /** By how much ROC AUC falls when the column's values change places among the rows: mean and deviation over the repeats. */
  readonly mean: number;
  readonly sd: number;
}

export interface ImportanceOptions {
  readonly table: Table;
  readonly columns: readonly string[];
  readonly score: ScoreRows;
  readonly repeats: number;
  readonly seed: number;
}

/**
 * Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019). Columns that say the same share their importance, or
 * hide one another.
 * @returns the most important first
 */
export async function permutationImportance(options: ImportanceOptions): Promise<ColumnImportance[]> {
  const { table, columns, score, repeats, seed } = options;
  const whole = rocAuc(table.labels, await score(table));
  const importances: ColumnImportance[] = [];
  for (const column of columns) {
    const falls: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = createRandom(deriveSeed(seed, 'importance', column, repeat)).shuffle(
        Int32Array.from({ length: table.rowCount }, (_, row) => row),
      );
      falls.push(whole - rocAuc(table.labels, await score(withShuffled(table, column, order))));
    }
    importances.push({ column, ...meanSd(falls) });
  }
  return importances.sort((one, other) => other.mean - one.mean);
}

const withShuffled = (table: Table, name: string, order: Int32Array): Table => ({
  ...table,
  columns: table.columns.map(column => {
    if (column.name !== name) return column;
    return column.kind === 'number'
      ? { ...column, values: Float32Array.from(order, row => column.values[row]) }
      : { ...column, codes: Int32Array.from(order, row => column.codes[row]) };
  }),
});
