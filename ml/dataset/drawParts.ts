import { dealFolds } from './dealFolds.ts';
import { HELD_OUT } from './heldOut.ts';
import { shuffledRowsByClass } from './shuffledRowsByClass.ts';

interface DrawOptions {
  readonly holdoutShare: number;
  readonly folds: number;
  readonly seed: number;
}

/**
 * Holdout and folds, the folds drawn at random and stratified: their sizes differ by at most one row a class and by at most one
 * altogether. Each class gives its rounded share to the holdout, drawn too, or where the units have hashes whoever is below the
 * share: of each class one row at least, and never so many that a fold goes without it.
 * @returns the fold of each row, or HELD_OUT
 * @throws RangeError where a class has fewer rows than folds + 1
 */
export function drawParts(
  labels: Uint8Array,
  unitHashes: Uint32Array | undefined,
  { holdoutShare, folds, seed }: DrawOptions,
): Uint8Array {
  const classes = shuffledRowsByClass(labels, seed);
  for (const label of [0, 1] as const)
    if (classes[label].length < folds + 1)
      throw new RangeError(
        `the ${label === 1 ? 'positive' : 'negative'} class has ${classes[label].length} of ${labels.length} rows; ` +
          `expected at least ${folds + 1}, one for the holdout and one for each of ${folds} folds`,
      );
  const bounded = (count: number, rows: Int32Array): number =>
    Math.min(Math.max(1, count), rows.length - folds);
  const partOf = new Uint8Array(labels.length).fill(HELD_OUT);
  dealFolds(
    classes.map(rows =>
      unitHashes === undefined
        ? rows.subarray(bounded(Math.round(rows.length * holdoutShare), rows))
        : rowsAbove(rows, unitHashes, holdoutShare * 2 ** 32, count => bounded(count, rows)),
    ),
    folds,
    partOf,
  );
  return partOf;
}

/** The rows that are not below the limit, which moves only where the bounds on how many may be below it ask for that. */
function rowsAbove(
  rows: Int32Array,
  unitHashes: Uint32Array,
  limit: number,
  bounded: (count: number) => number,
): Int32Array {
  const above = rows.filter(row => unitHashes[row] >= limit);
  const count = rows.length - above.length;
  if (bounded(count) === count) return above;
  const moved = Uint32Array.from(rows, row => unitHashes[row]).sort()[bounded(count)];
  return rows.filter(row => unitHashes[row] >= moved);
}
