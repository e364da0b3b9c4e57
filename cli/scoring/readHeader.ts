import { HoldfastError } from '../../platform/HoldfastError.ts';
import { didYouMean } from '../../platform/suggest.ts';
import { decodeCell } from './decodeCell.ts';
import type { ModelInput } from './ModelSignature.ts';
import type { RawRow } from './readRows.ts';

export interface Header {
  readonly width: number;
  /** The model's columns with their places in a row. */
  readonly inputs: readonly { readonly column: ModelInput; readonly at: number }[];
  /** Columns that the model fills in where they are missing and that the file does not have at all. */
  readonly absent: readonly string[];
}

/**
 * Finds the model's columns in a file's header.
 * @param outputs Names of the columns to be appended.
 * @throws HoldfastError invalidArgument that names every column that is missing, twice there, or in the way.
 */
export function readHeader(
  path: string,
  header: RawRow,
  inputs: readonly ModelInput[],
  outputs: readonly string[],
): Header {
  const names = header.cells.map(cell => decodeCell(cell) ?? cell);
  const taken = outputs.filter(name => names.includes(name));
  if (taken.length > 0)
    throw new HoldfastError(
      'invalidArgument',
      `${path} already has the column${taken.length > 1 ? 's' : ''} ${taken.join(', ')}, which would be appended. Take it out, or give the new columns other names with --prefix, as in \`--prefix new_\`.`,
    );
  const faults = inputs.flatMap(({ name, missing }) => {
    const count = names.filter(candidate => candidate === name).length;
    if (count > 1) return [{ field: name, description: `is there ${count} times; expected once` }];
    if (count === 0 && missing === 'reject')
      return [{ field: name, description: `is not in the header.${didYouMean(name, names)}` }];
    return [];
  });
  if (faults.length > 0)
    throw new HoldfastError(
      'invalidArgument',
      `The header of ${path} does not hold the model's columns. Give the columns their names of the training table.`,
      { violations: faults },
    );
  return {
    width: names.length,
    inputs: inputs
      .filter(({ name }) => names.includes(name))
      .map(column => ({ column, at: names.indexOf(column.name) })),
    absent: inputs.map(({ name }) => name).filter(name => !names.includes(name)),
  };
}
