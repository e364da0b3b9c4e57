import type { MeanSd, Metrics } from './Metrics.ts';

// What training on one split of a table came to, as plain JSON.

export interface EvaluatedCandidate {
  readonly trainer: string;
  /** On the holdout, by the model file. */
  readonly metrics: Metrics;
  /** Inside the training part. */
  readonly crossValidation: Readonly<Record<string, MeanSd>>;
  readonly seconds: number;
}

export interface SplitEvaluation {
  /** Of the split, and of everything that is drawn in training. */
  readonly seed: number;
  /** The candidate that cross-validation inside the training part chose. */
  readonly champion: string;
  readonly candidates: readonly EvaluatedCandidate[];
}
