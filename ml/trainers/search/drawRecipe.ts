import type { Random } from '../../random/createRandom.ts';
import type { Recipe } from '../Recipe.ts';

// The parameters that a search tries: drawn at random and not from a grid, since of many parameters few matter and nobody knows
// which (Bergstra and Bengio 2012). What a recipe says besides them stays.

/** @returns the recipe with other parameters; `random` decides which */
export function drawRecipe(recipe: Recipe, random: Random): Recipe {
  const among = <Value>(values: readonly Value[]): Value => values[random.below(values.length)];
  /** Every factor as likely as any other; three digits, so that people can read it. */
  const scaled = (least: number, most: number): number =>
    Number((least * (most / least) ** random.next()).toPrecision(3));
  const whole = (least: number, most: number): number => Math.round(scaled(least, most));
  if (recipe.trainer === 'logisticRegression') {
    return {
      ...recipe,
      splineKnots: among([3, 5, 8, 12, 16]),
      parameters: { ...recipe.parameters, l2: scaled(0.01, 10) },
    };
  }
  if (recipe.trainer === 'randomForest') {
    return {
      ...recipe,
      parameters: {
        ...recipe.parameters,
        minimumSamplesLeaf: whole(4, 60),
        featuresPerSplit: whole(3, 16),
        maximumDepth: among([null, 7, 9, 12]),
      },
    };
  }
  if (recipe.trainer === 'gradientBoosting') {
    return {
      ...recipe,
      parameters: {
        ...recipe.parameters,
        learningRate: scaled(0.03, 0.2),
        maximumLeaves: whole(3, 16),
        minimumSamplesLeaf: whole(5, 100),
        l2: scaled(0.1, 30),
      },
    };
  }
  return {
    ...recipe,
    parameters: {
      ...recipe.parameters,
      hiddenLayers: among([[16], [32], [64], [32, 16], [64, 32]]),
      learningRate: scaled(3e-4, 5e-3),
      batchSize: among([100, 200, 400]),
      l2: scaled(0.01, 30),
    },
  };
}
