import type { Table } from '../../dataset/Table.ts';
import type { FitSize } from './nominalSeconds.ts';

/** What a fit on so many rows of the table has to do with. */
export function fitSizeOf({ columns }: Pick<Table, 'columns'>, rows: number): FitSize {
  let numbers = 0;
  let levels = 0;
  for (const column of columns)
    if (column.kind === 'number') numbers += 1;
    else levels += column.levels.length > 2 ? column.levels.length : 1;
  return { rows, numbers, levels };
}
