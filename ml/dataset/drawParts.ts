import { dealFolds } from './dealFolds.ts';
import { HELD_OUT } from './heldOut.ts';
import { shuffledRowsByClass } from './shuffledRowsByClass.ts';

/**
 * Stratified holdout and folds, drawn at random. Each class gives its rounded share to the holdout, at least one row and
 * never so many that a fold goes without it; the folds' sizes differ by at most one row a class and by at most one altogether.
 * @returns the fold of each row, or HELD_OUT
 * @throws RangeError where a class has fewer rows than folds + 1
 */
export function drawParts(
  labels: Uint8Array,
  {
    holdoutShare,
    folds,
    seed,
  }: { readonly holdoutShare: number; readonly folds: number; readonly seed: number },
): Uint8Array {
  const classes = shuffledRowsByClass(labels, seed);
  for (const label of [0, 1] as const)
    if (classes[label].length < folds + 1)
      throw new RangeError(
        `the ${label === 1 ? 'positive' : 'negative'} class has ${classes[label].length} of ${labels.length} rows; ` +
          `expected at least ${folds + 1}, one for the holdout and one for each of ${folds} folds`,
      );
  const partOf = new Uint8Array(labels.length).fill(HELD_OUT);
  dealFolds(
    classes.map(rows => {
      const holdoutCount = Math.min(Math.max(1, Math.round(rows.length * holdoutShare)), rows.length - folds);
      return rows.subarray(holdoutCount);
    }),
    folds,
    partOf,
  );
  return partOf;
}
