import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import { type Crew, soloCrew } from '../../kernels/Crew.ts';
import { withKernelMemory } from '../../kernels/withKernelMemory.ts';
import { balancedWeights } from '../balancedWeights.ts';
import type { LinearModel } from '../FittedModel.ts';
import type { LogisticRegressionParameters } from '../Recipe.ts';
import { lbfgsDirection } from './lbfgsDirection.ts';
import { logisticObjective } from './logisticObjective.ts';
import { minimise } from './minimise.ts';
import { newtonDirection } from './newtonDirection.ts';

/** Above it a Hessian costs more than the many cheaper iterations of L-BFGS. */
const mostFeaturesForNewton = 200;

/**
 * L2-penalised logistic regression: the minimum of the summed (and, if balanced, class-weighted) log-loss + ½ l2 ‖w‖² with a
 * free intercept, as scikit-learn's LogisticRegression with C = 1 / l2. Newton's method with step halving up to 200
 * features, L-BFGS above. Without chance: the same input gives the same bits.
 * @param labels one a row of the matrix, 0 or 1, both present
 * @param crew threads that share the passes; the bits do not depend on their number
 * @throws RangeError for a negative l2, lengths that differ, or a class without a row
 */
export function fitLogisticRegression(
  matrix: FeatureMatrix,
  labels: Uint8Array,
  parameters: LogisticRegressionParameters,
  crew: Crew = soloCrew,
): LinearModel {
  if (!(parameters.l2 >= 0)) throw new RangeError(`l2 is ${parameters.l2}; expected a number of at least 0`);
  if (labels.length !== matrix.rowCount)
    throw new RangeError(`${labels.length} labels for ${matrix.rowCount} rows; expected one a row`);
  const balanced = balancedWeights(labels);
  const weights = parameters.balanced ? balanced : ([1, 1] as const);
  const found = withKernelMemory(memory => {
    const objective = logisticObjective(memory, crew, matrix, labels, weights, parameters.l2);
    const direction =
      matrix.columnCount <= mostFeaturesForNewton ? newtonDirection(objective) : lbfgsDirection();
    return minimise(objective, direction, parameters);
  });
  return { kind: 'linear', intercept: found[0], coefficients: found.slice(1) };
}
