import type { MetricName } from '../definition/ProjectDefinition.ts';

/** One value a metric, in the order in which metrics are shown. */
export const byMetric = <Value>(valueOf: (name: MetricName) => Value): Record<MetricName, Value> => ({
  rocAuc: valueOf('rocAuc'),
  averagePrecision: valueOf('averagePrecision'),
  logLoss: valueOf('logLoss'),
  brier: valueOf('brier'),
  calibrationError: valueOf('calibrationError'),
  accuracy: valueOf('accuracy'),
  balancedAccuracy: valueOf('balancedAccuracy'),
  precision: valueOf('precision'),
  recall: valueOf('recall'),
  f1: valueOf('f1'),
});
