import { labelsOf } from '../dataset/labelsOf.ts';
import { smote } from '../dataset/smote.ts';
import type { Table } from '../dataset/Table.ts';
import { correlationFilter } from '../features/correlationFilter.ts';
import type { Encoder } from '../features/Encoder.ts';
import { encode } from '../features/encode.ts';
import { fitEncoder } from '../features/fitEncoder.ts';
import type { Crew } from '../kernels/Crew.ts';
import { deriveSeed } from '../random/deriveSeed.ts';
import type { FittedModel } from './FittedModel.ts';
import { fitModel } from './fitModel.ts';
import type { Recipe } from './Recipe.ts';

export interface FitCandidateOptions {
  readonly table: Table;
  /** The training part: indices into the table. Nothing is fitted on any other row. */
  readonly rows: Int32Array;
  readonly recipe: Recipe;
  readonly seed: number;
  /** Called with the share of the work that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /** Threads that share the work; what comes out does not depend on their number. */
  readonly crew?: Crew;
}

/**
 * Everything a recipe says, on one training part: encoder, correlation filter, SMOTE, kernel.
 * @throws RangeError where a class has no row, no column varies, or a number is infinite
 */
export function fitCandidate({ table, rows, recipe, seed, onProgress, crew }: FitCandidateOptions): {
  encoder: Encoder;
  model: FittedModel;
} {
  const labels = labelsOf(table, rows);
  if (!labels.includes(0) || !labels.includes(1))
    throw new RangeError(`all ${rows.length} training rows have one label; expected rows of both`);
  const whole = fitEncoder(table, rows, recipe);
  const wholeMatrix = encode(whole, table, rows);
  const encoder =
    recipe.minimumAbsoluteCorrelation === null
      ? whole
      : correlationFilter(whole, wholeMatrix, labels, recipe.minimumAbsoluteCorrelation);
  const matrix =
    encoder.features.length === whole.features.length ? wholeMatrix : encode(encoder, table, rows);
  const part = recipe.smote ? smote({ matrix, labels }, deriveSeed(seed, 'smote')) : { matrix, labels };
  const model = fitModel(
    recipe,
    part.matrix,
    part.labels,
    deriveSeed(seed, recipe.trainer),
    onProgress,
    crew,
  );
  return { encoder, model };
}
