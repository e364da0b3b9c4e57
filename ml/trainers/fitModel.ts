import type { FeatureMatrix } from '../features/FeatureMatrix.ts';
import { type Crew, soloCrew } from '../kernels/Crew.ts';
import type { FittedModel } from './FittedModel.ts';
import { fitGradientBoosting } from './gradientBoosting/fitGradientBoosting.ts';
import { fitLogisticRegression } from './logisticRegression/fitLogisticRegression.ts';
import { fitMultilayerPerceptron } from './multilayerPerceptron/fitMultilayerPerceptron.ts';
import { fitRandomForest } from './randomForest/fitRandomForest.ts';
import type { Recipe } from './Recipe.ts';

/**
 * Runs the kernel that the recipe names, on features that are already prepared.
 * @param labels one a row of the matrix, 0 or 1
 * @param onProgress called with the share of the work that is done, 0 to 1, at least once at the end
 * @param crew threads that share the work of one fit; the model's bits do not depend on their number
 */
export function fitModel(
  recipe: Recipe,
  matrix: FeatureMatrix,
  labels: Uint8Array,
  seed: number,
  onProgress?: (share: number) => void,
  crew: Crew = soloCrew,
): FittedModel {
  const model = fitKernel(recipe, matrix, labels, seed, crew, onProgress);
  onProgress?.(1);
  return model;
}

function fitKernel(
  recipe: Recipe,
  matrix: FeatureMatrix,
  labels: Uint8Array,
  seed: number,
  crew: Crew,
  onProgress?: (share: number) => void,
): FittedModel {
  if (recipe.trainer === 'logisticRegression')
    return fitLogisticRegression(matrix, labels, recipe.parameters, crew);
  if (recipe.trainer === 'randomForest')
    return fitRandomForest(matrix, labels, recipe.parameters, seed, onProgress, crew);
  if (recipe.trainer === 'gradientBoosting')
    return fitGradientBoosting(matrix, labels, recipe.parameters, seed, onProgress, crew);
  return fitMultilayerPerceptron(matrix, labels, recipe.parameters, seed, onProgress);
}
