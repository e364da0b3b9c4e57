import { drawParts } from './drawParts.ts';
import { HELD_OUT } from './heldOut.ts';
import { partByTime } from './partByTime.ts';
import type { Table } from './Table.ts';

// The one split of a table: a holdout that is never trained or tuned on, and the folds of the rest. It depends on the
// labels, the event times, the units, the shares and the seed alone, so every process that splits the same dataset version
// gets the same parts.

export interface SplitOptions {
  /** Share of the rows that is held out, in (0, 1). */
  readonly holdoutShare: number;
  /** Number of folds, 2 to 255. */
  readonly folds: number;
  readonly seed: number;
  /**
   * `time`: the latest rows are held out and each fold is a period. Left out: the holdout is who stands below the share by the
   * units' hashes, or where there are none, drawn at random and stratified; the folds are drawn in either case.
   */
  readonly by?: 'time';
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
 * Holdout and folds, each with both classes in it.
 * @throws RangeError for a share outside (0, 1), for less than 2 or more than 255 folds, where a class has fewer rows than
 * folds + 1, and what the two ways of parting throw
 */
export function splitTable(
  { labels, eventTime, unitHashes }: Pick<Table, 'labels' | 'eventTime' | 'unitHashes'>,
  { holdoutShare, folds, seed, by }: SplitOptions,
): TableSplit {
  if (!(holdoutShare > 0 && holdoutShare < 1))
    throw new RangeError(`holdoutShare is ${holdoutShare}; expected a share above 0 and below 1`);
  if (!Number.isInteger(folds) || folds < 2 || folds > 255)
    throw new RangeError(`folds is ${folds}; expected a whole number from 2 to 255`);
  const partOf =
    by === 'time'
      ? partByTime(labels, eventTime, { holdoutShare, folds })
      : drawParts(labels, unitHashes, { holdoutShare, folds, seed });
  let heldOut = 0;
  for (const part of partOf) if (part === HELD_OUT) heldOut += 1;
  const holdout = new Int32Array(heldOut);
  const train = new Int32Array(labels.length - heldOut);
  let before = 0;
  for (let row = 0; row < labels.length; row++)
    if (partOf[row] === HELD_OUT) holdout[before++] = row;
    else train[row - before] = row;
  return { train, holdout, foldOf: partOf.filter(part => part !== HELD_OUT) };
}
