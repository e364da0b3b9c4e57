import { shuffledRowsByClass } from './shuffledRowsByClass.ts';

// The one split of a table: a holdout that is never trained or tuned on, and the folds of the rest. It depends on the
// labels, the shares and the seed alone, so every process that splits the same dataset version gets the same parts.

export interface SplitOptions {
  /** Share of the rows that is held out, in (0, 1). */
  readonly holdoutShare: number;
  /** Number of folds, 2 to 255. */
  readonly folds: number;
  readonly seed: number;
}

export interface TableSplit {
  /** Row indices, ascending. */
  readonly train: Int32Array;
  /** Row indices, ascending. */
  readonly holdout: Int32Array;
  /** The fold, 0 to folds − 1, of each element of `train`. */
  readonly foldOf: Uint8Array;
}

/**
 * Stratified holdout and folds. Each class gives its rounded share to the holdout, at least one row and never so many that
 * a fold goes without it; the folds' sizes differ by at most one row a class and by at most one altogether.
 * @throws RangeError for a share outside (0, 1), for less than 2 or more than 255 folds, or where a class has fewer rows
 * than folds + 1
 */
export function splitTable(labels: Uint8Array, { holdoutShare, folds, seed }: SplitOptions): TableSplit {
  if (!(holdoutShare > 0 && holdoutShare < 1))
    throw new RangeError(`holdoutShare is ${holdoutShare}; expected a share above 0 and below 1`);
  if (!Number.isInteger(folds) || folds < 2 || folds > 255)
    throw new RangeError(`folds is ${folds}; expected a whole number from 2 to 255`);
  const classes = shuffledRowsByClass(labels, seed);
  for (const label of [0, 1] as const)
    if (classes[label].length < folds + 1)
      throw new RangeError(
        `the ${label === 1 ? 'positive' : 'negative'} class has ${classes[label].length} of ${labels.length} rows; ` +
          `expected at least ${folds + 1}, one for the holdout and one for each of ${folds} folds`,
      );

  const held = 255;
  const partOf = new Uint8Array(labels.length);
  let nextFold = 0;
  for (const rows of classes) {
    const holdoutCount = Math.min(Math.max(1, Math.round(rows.length * holdoutShare)), rows.length - folds);
    for (let place = 0; place < rows.length; place++)
      if (place < holdoutCount) partOf[rows[place]] = held;
      else {
        partOf[rows[place]] = nextFold;
        // The second class goes on where the first ended, so that no fold collects the remainder of both.
        nextFold = (nextFold + 1) % folds;
      }
  }

  const holdoutRows: number[] = [];
  const trainRows: number[] = [];
  for (let row = 0; row < labels.length; row++) (partOf[row] === held ? holdoutRows : trainRows).push(row);
  const train = Int32Array.from(trainRows);
  const foldOf = new Uint8Array(train.length);
  for (let place = 0; place < train.length; place++) foldOf[place] = partOf[train[place]];
  return { train, holdout: Int32Array.from(holdoutRows), foldOf };
}
