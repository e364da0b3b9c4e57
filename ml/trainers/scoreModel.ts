import type { FeatureMatrix } from '../features/FeatureMatrix.ts';
import type { FittedModel } from './FittedModel.ts';
import { scoreLinear } from './logisticRegression/scoreLinear.ts';
import { scorePerceptron } from './multilayerPerceptron/scorePerceptron.ts';
import { scoreTrees } from './trees/scoreTrees.ts';

/**
 * @param matrix the features the model was fitted on, in its order
 * @returns the uncalibrated probability of label 1, one a row
 */
export function scoreModel(model: FittedModel, matrix: FeatureMatrix): Float64Array {
  if (model.kind === 'linear') return scoreLinear(model, matrix);
  if (model.kind === 'trees') return scoreTrees(model, matrix);
  return scorePerceptron(model, matrix);
}
