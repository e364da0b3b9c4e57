import { labelsOf } from '../dataset/labelsOf.ts';
import type { Table } from '../dataset/Table.ts';
import type { Offer } from '../definition/ProjectDefinition.ts';
import { chooseThreshold } from '../evaluation/chooseThreshold.ts';
import type { Crew } from '../kernels/Crew.ts';
import { applyCalibration } from './calibration/applyCalibration.ts';
import { calibrateIfBetter } from './calibration/calibrateIfBetter.ts';
import { fitCandidate } from './fitCandidate.ts';
import type { Pipeline } from './Pipeline.ts';
import type { Recipe } from './Recipe.ts';

export interface TrainFinalOptions {
  readonly table: Table;
  /** Indices into the table: the whole training part, never the holdout. */
  readonly rows: Int32Array;
  readonly recipe: Recipe;
  readonly seed: number;
  /** The uncalibrated predictions of trainFold and the fold of each element of `rows`. */
  readonly outOfFold: { readonly probabilities: Float64Array; readonly foldOf: Uint8Array };
  readonly label: { readonly positive: string; readonly negative: string };
  /** What the threshold is chosen for; left out: the best F1. */
  readonly offer?: Offer;
  /** Called with the share of the work that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /** Threads that share the work; what comes out does not depend on their number. */
  readonly crew?: Crew;
}

/**
 * Trains a recipe on the whole training part. Calibration and threshold come from the out-of-fold
 * predictions, which no model saw in its training.
 * @throws RangeError as fitCandidate, or where the out-of-fold predictions do not match the rows
 */
export function trainFinal(options: TrainFinalOptions): Pipeline {
  const { table, rows, recipe, seed, outOfFold, label, offer, onProgress, crew } = options;
  const labels = labelsOf(table, rows);
  const calibration = recipe.calibrate
    ? calibrateIfBetter(labels, outOfFold.probabilities, outOfFold.foldOf)
    : null;
  const threshold = chooseThreshold(labels, applyCalibration(calibration, outOfFold.probabilities), offer);
  const { encoder, model } = fitCandidate({ table, rows, recipe, seed, onProgress, crew });
  return {
    encoder,
    model,
    calibration,
    threshold,
    positiveLabel: label.positive,
    negativeLabel: label.negative,
  };
}
