import { applyCalibration } from './applyCalibration.ts';
import { fitCalibration } from './fitCalibration.ts';

/**
 * Calibrated out-of-fold predictions: each fold's by Platt scaling fitted on the other folds, so that no row is calibrated by
 * its own label.
 * @param labels one a row, 0 or 1
 * @param outOfFoldProbabilities one a row, by a model that was not trained on the row's fold
 * @param foldOf the fold of each row, from 0
 * @throws RangeError where the lengths differ, all rows are in one fold, or a probability is not within [0, 1]
 */
export function crossFittedCalibration(
  labels: Uint8Array,
  outOfFoldProbabilities: Float64Array,
  foldOf: Uint8Array,
): Float64Array {
  if (foldOf.length !== labels.length)
    throw new RangeError(`${foldOf.length} fold numbers for ${labels.length} labels; expected one a label`);
  const folds = new Set(foldOf);
  if (folds.size < 2)
    throw new RangeError(`the ${labels.length} rows are in ${folds.size} fold; expected at least two folds`);
  const calibrated = new Float64Array(labels.length);
  for (const fold of folds) {
    const outside = (_: number, row: number): boolean => foldOf[row] !== fold;
    const calibration = fitCalibration(labels.filter(outside), outOfFoldProbabilities.filter(outside));
    const inside = outOfFoldProbabilities.filter((_, row) => foldOf[row] === fold);
    const values = applyCalibration(calibration, inside);
    let taken = 0;
    for (let row = 0; row < labels.length; row++) if (foldOf[row] === fold) calibrated[row] = values[taken++];
  }
  return calibrated;
}
