import type { ConfusionMatrix } from './confusionMatrix.ts';
import type { Metrics } from './Metrics.ts';

export type ThresholdMetrics = Pick<Metrics, 'accuracy' | 'balancedAccuracy' | 'precision' | 'recall' | 'f1'>;

/**
 * The metrics of one confusion matrix. Where a denominator is 0 the figure is 0, as scikit-learn's zero_division=0: precision
 * when no row is answered positive, recall when none is positive, F1 when neither. Balanced accuracy is the mean recall of
 * the classes that have rows, as scikit-learn's.
 */
export function thresholdMetrics(matrix: ConfusionMatrix): ThresholdMetrics {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = matrix;
  const positives = truePositives + falseNegatives;
  const negatives = trueNegatives + falsePositives;
  const recall = ratio(truePositives, positives);
  const specificity = ratio(trueNegatives, negatives);
  const classes = (positives > 0 ? 1 : 0) + (negatives > 0 ? 1 : 0);
  return {
    accuracy: ratio(truePositives + trueNegatives, positives + negatives),
    balancedAccuracy: ratio(recall + specificity, classes),
    precision: ratio(truePositives, truePositives + falsePositives),
    recall,
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
  };
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
