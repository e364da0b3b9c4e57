import { labelsOf } from '../dataset/labelsOf.ts';
import { smote } from '../dataset/smote.ts';
import type { Table } from '../dataset/Table.ts';
import { correlationFilter } from '../features/correlationFilter.ts';
import type { Encoder } from '../features/Encoder.ts';
import { encode } from '../features/encode.ts';
import { fitEncoder } from '../features/fitEncoder.ts';
import type { Crew } from '../kernels/Crew.ts';
import { withKernelMemory } from '../kernels/withKernelMemory.ts';
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
export function fitCandidate(options: FitCandidateOptions): { encoder: Encoder; model: FittedModel } {
  const { table, rows, recipe, seed, onProgress, crew } = options;
  const labels = labelsOf(table, rows);
  if (!labels.includes(0) || !labels.includes(1))
    throw new RangeError(`all ${rows.length} training rows have one label; expected rows of both`);
  const encoder = encoderOf(options, labels);
  // In the kernels' memory from the start: they need no copy of their own.
  return withKernelMemory(memory => {
    const matrix = encode(encoder, table, rows, length => memory.float32(length));
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
  });
}

function encoderOf({ table, rows, recipe }: FitCandidateOptions, labels: Uint8Array): Encoder {
  const whole = fitEncoder(table, rows, recipe);
  const least = recipe.minimumAbsoluteCorrelation;
  if (least === null) return whole;
  return withKernelMemory(memory =>
    correlationFilter(
      whole,
      encode(whole, table, rows, length => memory.float32(length)),
      labels,
      least,
    ),
  );
}
