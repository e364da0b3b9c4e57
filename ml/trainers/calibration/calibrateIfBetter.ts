import { logLoss } from '../../evaluation/logLoss.ts';
import type { Calibration } from '../Pipeline.ts';
import { crossFittedCalibration } from './crossFittedCalibration.ts';
import { fitCalibration } from './fitCalibration.ts';

/**
 * Platt scaling fitted on all out-of-fold predictions, if it helps on rows it has not seen: it is kept only where the
 * log-loss of the predictions, each fold calibrated by the other folds, is below that of the predictions as they are. One
 * that would turn the ranking round (slope ≤ 0, a useless model) is never kept.
 * @param labels one a row, 0 or 1
 * @param outOfFoldProbabilities one a row, by a model that was not trained on the row's fold
 * @param foldOf the fold of each row, from 0
 * @returns null where it does not help
 * @throws RangeError where the lengths differ, all rows are in one fold, or a probability is not within [0, 1]
 */
export function calibrateIfBetter(
  labels: Uint8Array,
  outOfFoldProbabilities: Float64Array,
  foldOf: Uint8Array,
): Calibration | null {
  const calibrated = crossFittedCalibration(labels, outOfFoldProbabilities, foldOf);
  if (logLoss(labels, calibrated) >= logLoss(labels, outOfFoldProbabilities)) return null;
  const calibration = fitCalibration(labels, outOfFoldProbabilities);
  return calibration.slope > 0 ? calibration : null;
}
