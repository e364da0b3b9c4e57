import type { Table } from '../dataset/Table.ts';
import { encode } from '../features/encode.ts';
import type { Crew } from '../kernels/Crew.ts';
import { fitCandidate } from './fitCandidate.ts';
import type { Recipe } from './Recipe.ts';
import { scoreModel } from './scoreModel.ts';

export interface TrainFoldOptions {
  readonly table: Table;
  /** Indices into the table; the only rows that anything is fitted on. */
  readonly trainRows: Int32Array;
  /** Indices into the table; never resampled. */
  readonly evaluateRows: Int32Array;
  readonly recipe: Recipe;
  readonly seed: number;
  /** Called with the share of the work that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /** Threads that share the work; what comes out does not depend on their number. */
  readonly crew?: Crew;
}

/**
 * Trains a recipe on one part and predicts another.
 * @returns the uncalibrated probability of label 1, one a row of `evaluateRows`
 * @throws RangeError as fitCandidate
 */
export function trainFold(options: TrainFoldOptions): Float64Array {
  const { table, trainRows, evaluateRows, recipe, seed, onProgress, crew } = options;
  const { encoder, model } = fitCandidate({ table, rows: trainRows, recipe, seed, onProgress, crew });
  return scoreModel(model, encode(encoder, table, evaluateRows));
}
