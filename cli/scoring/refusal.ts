import { HoldfastError } from '../../platform/HoldfastError.ts';
import { formatCount } from '../output/format.ts';
import type { RowFault } from './ScoredRow.ts';

/** Where a fault is, as people find it: the row below the header and the line of the file. */
export const placeOf = ({ row, line, column }: RowFault): string =>
  `row ${row} (line ${line})${column === undefined ? '' : `, ${column}`}`;

/** The error for a file with rows that cannot be scored. */
export function refusal(
  path: string,
  counts: { readonly rows: number; readonly faultyRows: number },
  faults: readonly RowFault[],
  skipBadRows: boolean,
): HoldfastError {
  const listed = new Set(faults.map(({ row }) => row)).size;
  const cut = listed < counts.faultyRows ? `; the first ${formatCount(listed)} are listed` : '';
  const remedy = skipBadRows
    ? 'Correct the rows with another number of cells than the header: a blank answer would not stand in its column either.'
    : 'Correct them, or leave their answers blank with --skip-bad-rows.';
  return new HoldfastError(
    'invalidArgument',
    `${formatCount(counts.faultyRows)} of the ${formatCount(counts.rows)} rows of ${path} cannot be scored${cut}. Nothing was written. ${remedy}`,
    { violations: faults.map(fault => ({ field: placeOf(fault), description: fault.description })) },
  );
}
