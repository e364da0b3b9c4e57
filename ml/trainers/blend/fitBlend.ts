import type { Offer, ProjectDefinition } from '../../definition/ProjectDefinition.ts';
import { chooseThreshold } from '../../evaluation/chooseThreshold.ts';
import { crossValidationMetrics, foldMetrics } from '../../evaluation/crossValidationMetrics.ts';
import { meanSd } from '../../evaluation/meanSd.ts';
import type { MetricSpreads } from '../../evaluation/spreadOf.ts';
import type { MeanSd, Metrics } from '../../evaluation/Metrics.ts';
import { applyCalibration } from '../calibration/applyCalibration.ts';
import { calibrateIfBetter } from '../calibration/calibrateIfBetter.ts';
import { crossFittedCalibration } from '../calibration/crossFittedCalibration.ts';
import type { Calibration } from '../Pipeline.ts';
import { fitMixture } from './fitMixture.ts';
import { mix } from './mix.ts';

// A blend is made of what the candidates' folds left behind, and trains nothing on rows. Its figures are as honest as theirs:
// the weights that mix a fold are fitted on the other folds.

export interface BlendMember {
  /** As the member's recipe says. */
  readonly calibrate: boolean;
  /** Uncalibrated out-of-fold probabilities, one a row of the training part. */
  readonly probabilities: Float64Array;
}

export interface FittedBlend {
  /** One a member, not negative, of sum 1; the member's calibrated probability is what it weighs. */
  readonly weights: readonly number[];
  /** Of the mixture. */
  readonly calibration: Calibration | null;
  readonly threshold: number;
  /** Uncalibrated mixtures, each fold's with the weights of the other folds. */
  readonly outOfFold: Float64Array;
  /** Mean and deviation over the folds, a metric each. */
  readonly crossValidation: MetricSpreads & { readonly gain: MeanSd };
}

/**
 * @param labels one a row of the training part, 0 or 1
 * @param foldOf the fold of each row, from 0
 * @param selection the metric in which `gain` says by how much each fold is better than that of the best member
 * @param offer what the threshold is chosen for; left out: the best F1
 * @throws RangeError as crossValidationMetrics, or without a member
 */
export function fitBlend(
  labels: Uint8Array,
  foldOf: Uint8Array,
  members: readonly BlendMember[],
  selection: ProjectDefinition['selection'],
  offer?: Offer,
): FittedBlend {
  if (members.length === 0) throw new RangeError('a blend got no member; expected at least one');
  const calibrated = members.map(({ calibrate, probabilities }) =>
    calibrate && calibrateIfBetter(labels, probabilities, foldOf) !== null
      ? crossFittedCalibration(labels, probabilities, foldOf)
      : probabilities,
  );
  const outOfFold = new Float64Array(labels.length);
  for (const fold of new Set(foldOf)) {
    const outside = (_: number, row: number): boolean => foldOf[row] !== fold;
    const inside = (_: number, row: number): boolean => foldOf[row] === fold;
    const weights = fitMixture(
      labels.filter(outside),
      calibrated.map(member => member.filter(outside)),
    );
    const mixed = mix(
      weights,
      calibrated.map(member => member.filter(inside)),
    );
    let taken = 0;
    for (let row = 0; row < labels.length; row++) if (foldOf[row] === fold) outOfFold[row] = mixed[taken++];
  }
  const calibration = calibrateIfBetter(labels, outOfFold, foldOf);
  const own = { labels, foldOf, probabilities: outOfFold, calibrate: true, offer };
  const others = members.map(member => foldMetrics({ labels, foldOf, ...member, offer }));
  return {
    weights: fitMixture(labels, calibrated),
    calibration,
    threshold: chooseThreshold(labels, applyCalibration(calibration, outOfFold), offer),
    outOfFold,
    crossValidation: {
      ...crossValidationMetrics(own),
      gain: meanSd(gains(foldMetrics(own), others, selection)),
    },
  };
}

/** By how much each fold of the blend is better than the same fold of the member that is best on average. */
function gains(
  own: readonly Metrics[],
  others: readonly (readonly Metrics[])[],
  selection: ProjectDefinition['selection'],
): number[] {
  const worth = (metrics: Metrics): number => (selection === 'logLoss' ? -1 : 1) * metrics[selection];
  const mean = (folds: readonly Metrics[]): number => meanSd(folds.map(worth)).mean;
  const best = others.reduce((first, second) => (mean(second) > mean(first) ? second : first));
  return own.map((metrics, fold) => worth(metrics) - worth(best[fold]));
}
