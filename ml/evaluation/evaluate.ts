import type { Offer } from '../definition/ProjectDefinition.ts';
import { averagePrecision } from './averagePrecision.ts';
import { brier } from './brier.ts';
import { calibrationError } from './calibrationError.ts';
import { confusionMatrix } from './confusionMatrix.ts';
import { logLoss } from './logLoss.ts';
import type { Metrics } from './Metrics.ts';
import { offerProfit } from './offerProfit.ts';
import { rocAuc } from './rocAuc.ts';
import { thresholdMetrics } from './thresholdMetrics.ts';

/**
 * Every metric of one set of predictions.
 * @param labels one a row, 0 or 1
 * @param probabilities one a row, of label 1
 * @param threshold the positive label is answered where probability ≥ threshold
 * @param offer what an offer costs and brings, for the profit
 * @throws RangeError where the lengths differ, a probability is not within [0, 1], or a class has no row
 */
export function evaluate(
  labels: Uint8Array,
  probabilities: Float64Array,
  threshold: number,
  offer?: Offer,
): Metrics {
  const matrix = confusionMatrix(labels, probabilities, threshold);
  return {
    rocAuc: rocAuc(labels, probabilities),
    averagePrecision: averagePrecision(labels, probabilities),
    logLoss: logLoss(labels, probabilities),
    brier: brier(labels, probabilities),
    calibrationError: calibrationError(labels, probabilities),
    ...thresholdMetrics(matrix),
    ...(offer === undefined ? {} : { profit: offerProfit(offer, matrix) / labels.length }),
  };
}
