import type { Table } from '../../ml/dataset/Table.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';

/** Rows to try a model file on, a column each: numbers (NaN is missing) or words ('' is missing). */
export interface ProbeRows {
  readonly rowCount: number;
  readonly columns: ReadonlyMap<string, Float32Array | readonly string[]>;
}

/** A word that no training can have met. */
const UNSEEN = 'a level that training did not meet';

export const rowsOfTable = (table: Table, rows: Int32Array): ProbeRows => ({
  rowCount: rows.length,
  columns: new Map(
    table.columns.map(column => [
      column.name,
      column.kind === 'number'
        ? Float32Array.from(rows, row => column.values[row])
        : Array.from(rows, row => (column.codes[row] < 0 ? '' : column.levels[column.codes[row]])),
    ]),
  ),
});

/** The same rows without what the definition allows to be missing; null where it allows nothing. */
export function withoutValues(
  rows: ProbeRows,
  { columns }: Pick<ProjectDefinition, 'columns'>,
): ProbeRows | null {
  if (!Object.values(columns).some(({ missing }) => missing === 'impute')) return null;
  return replace(rows, (name, values) => {
    if (columns[name]?.missing !== 'impute') return values;
    return values instanceof Float32Array ? values.map(() => Number.NaN) : values.map(() => '');
  });
}

/** The same rows with a word in each category that training cannot have met; null where there is no category. */
export function withUnseenLevels(rows: ProbeRows): ProbeRows | null {
  if ([...rows.columns.values()].every(values => values instanceof Float32Array)) return null;
  return replace(rows, (_name, values) =>
    values instanceof Float32Array ? values : values.map(() => UNSEEN),
  );
}

const replace = (
  { rowCount, columns }: ProbeRows,
  change: (name: string, values: Float32Array | readonly string[]) => Float32Array | readonly string[],
): ProbeRows => ({
  rowCount,
  columns: new Map([...columns].map(([name, values]) => [name, change(name, values)])),
});
