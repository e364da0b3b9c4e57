import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import type { TreesModel } from '../FittedModel.ts';
import { sigmoid } from '../sigmoid.ts';
import { addTreeScores } from './addTreeScores.ts';

/**
 * Probabilities of the positive outcome, uncalibrated, one a row. The leaf values are summed in the trees' order, beginning
 * with the base, so that a row's score is to the bit what training computed for it.
 */
export function scoreTrees(model: TreesModel, matrix: FeatureMatrix): Float64Array {
  const scores = new Float64Array(matrix.rowCount).fill(model.base);
  addTreeScores(model, matrix, scores);
  const { length: treeCount } = model.roots;
  for (let row = 0; row < scores.length; row++)
    scores[row] = model.aggregate === 'logit' ? sigmoid(scores[row]) : scores[row] / treeCount;
  return scores;
}
