import type { LinearModel } from '../trainers/FittedModel.ts';

/**
 * Adds a linear model's contributions: a column's is Σ coefficient × (the row's feature − the reference's) over its
 * features. Exact, because no column's share depends on the others.
 * @param columns the column of each feature
 * @returns the model's logit of the row
 */
export function explainLinear(
  { intercept, coefficients }: LinearModel,
  columns: Int32Array,
  row: Float32Array,
  reference: Float32Array,
  contributions: Float64Array,
): number {
  let logit = intercept;
  for (let feature = 0; feature < coefficients.length; feature++) {
    logit += coefficients[feature] * row[feature];
    contributions[columns[feature]] += coefficients[feature] * (row[feature] - reference[feature]);
  }
  return logit;
}
