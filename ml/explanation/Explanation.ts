import type { FeatureMatrix } from '../features/FeatureMatrix.ts';
import type { Table } from '../dataset/Table.ts';

// What an explanation is: the Shapley values of a game whose players are the raw columns of one customer. A column that plays
// has the customer's value, one that does not has the reference customer's. So the features of one column (its levels, its
// hinges) always come and go together, and base + Σ contributions = score.

/**
 * What the contributions add up to: `log_odds` of the probability that is answered; that `probability` itself; or
 * `uncalibrated_probability`, the mean of a forest's leaves before its calibration, which grows with the answered one.
 */
export type Space = 'log_odds' | 'probability' | 'uncalibrated_probability';

export interface Explanation {
  /** The reference customer's score. */
  readonly base: number;
  readonly score: number;
  /** One a column, in the order of the model's inputs. */
  readonly contributions: Float64Array;
}

/** Explains by a formula, without any sampling. */
export interface ExactExplainer {
  readonly method: 'linear_exact' | 'tree_shap';
  readonly space: Space;
  /**
   * @param table the reference customer in row 0, the others after it
   * @returns one for each row after the first
   */
  explain(table: Table): Iterable<Explanation>;
}

/** The values of one row, a feature each. */
export function rowOf({ rowCount, columnCount, values }: FeatureMatrix, row: number): Float32Array {
  return Float32Array.from({ length: columnCount }, (_, column) => values[column * rowCount + row]);
}
