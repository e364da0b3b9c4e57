import type { MetricName } from '../definition/ProjectDefinition.ts';

/** Every metric by its name; accuracy, precision, recall, F1 and profit at the model's threshold. */
export type Metrics = Readonly<Record<MetricName, number>> & {
  /** A customer, over all customers, offered or not; only where the definition says what an offer costs and brings. */
  readonly profit?: number;
};

export interface MeanSd {
  readonly mean: number;
  /** Sample standard deviation (n − 1). */
  readonly sd: number;
}
