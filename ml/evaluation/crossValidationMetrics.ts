import type { Offer } from '../definition/ProjectDefinition.ts';
import { calibrateIfBetter } from '../trainers/calibration/calibrateIfBetter.ts';
import { crossFittedCalibration } from '../trainers/calibration/crossFittedCalibration.ts';
import { chooseThreshold } from './chooseThreshold.ts';
import { evaluate } from './evaluate.ts';
import type { Metrics } from './Metrics.ts';
import { type MetricSpreads, spreadOf } from './spreadOf.ts';

// The figures by which candidates are compared, honest as far as out-of-fold predictions allow: whatever is read from labels
// (calibration, threshold) is, for each fold, fitted on the other folds only. The single choice that all folds share is
// whether to calibrate at all, made by the same rule as for the final model.

export interface CrossValidationOptions {
  /** One a row of the training part, 0 or 1. */
  readonly labels: Uint8Array;
  /** Uncalibrated, one a row, by a model that was not trained on the row's fold. */
  readonly probabilities: Float64Array;
  /** The fold of each row, from 0. */
  readonly foldOf: Uint8Array;
  /** As the recipe says. */
  readonly calibrate: boolean;
  /** What thresholds are chosen for; left out: the best F1. */
  readonly offer?: Offer;
}

/**
 * @returns mean and sample standard deviation over the folds, a metric each
 * @throws RangeError where the lengths differ, there is only one fold, a fold lacks a class, or a probability is not within
 * [0, 1]
 */
export const crossValidationMetrics = (options: CrossValidationOptions): MetricSpreads =>
  spreadOf(foldMetrics(options));

/** The metrics of each fold, in the folds' order. @throws RangeError as crossValidationMetrics */
export function foldMetrics(options: CrossValidationOptions): Metrics[] {
  const { labels, foldOf, offer } = options;
  const calibrated =
    options.calibrate && calibrateIfBetter(labels, options.probabilities, foldOf) !== null
      ? crossFittedCalibration(labels, options.probabilities, foldOf)
      : options.probabilities;
  if (calibrated.length !== labels.length || foldOf.length !== labels.length)
    throw new RangeError(
      `${calibrated.length} probabilities and ${foldOf.length} fold numbers for ${labels.length} labels; expected one a label`,
    );
  const folds = [...new Set(foldOf)].sort((one, other) => one - other);
  if (folds.length < 2) throw new RangeError(`there is ${folds.length} fold; expected at least two`);
  return folds.map(fold => {
    const inside = (_: number, row: number): boolean => foldOf[row] === fold;
    const outside = (_: number, row: number): boolean => foldOf[row] !== fold;
    const threshold = chooseThreshold(labels.filter(outside), calibrated.filter(outside), offer);
    return evaluate(labels.filter(inside), calibrated.filter(inside), threshold, offer);
  });
}
