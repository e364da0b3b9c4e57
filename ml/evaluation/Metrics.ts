import type { MetricName } from '../definition/ProjectDefinition.ts';

/** Every metric by its name; accuracy, precision, recall and F1 at the model's threshold. */
export type Metrics = Readonly<Record<MetricName, number>>;

export interface MeanSd {
  readonly mean: number;
  /** Sample standard deviation (n − 1). */
  readonly sd: number;
}
