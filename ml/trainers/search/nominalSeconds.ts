import type { Recipe } from '../Recipe.ts';

// What a fit costs on paper: seconds of one core of the machine on which the constants were measured (2026, x86-64 at about
// 2.5 GHz). A budget has to buy the same trials on every machine, so that nothing here may look at a clock; it is right to a
// factor of two or three, and that is enough to keep a search short.

export interface FitSize {
  readonly rows: number;
  /** Numbers of the table, each with its hinges in a recipe that has any. */
  readonly numbers: number;
  /** Features that categories become. */
  readonly levels: number;
}

export function nominalSeconds(recipe: Recipe, { rows, numbers, levels }: FitSize): number {
  const features = numbers * (1 + (recipe.splineKnots ?? 0)) + levels;
  if (recipe.trainer === 'logisticRegression') {
    // Newton's Hessian, some ten times.
    return 0.005 + 10 * rows * features * (features + 20) * 1.2e-10;
  }
  if (recipe.trainer === 'randomForest') {
    const { trees, minimumSamplesLeaf, featuresPerSplit } = recipe.parameters;
    const depth = Math.max(1, Math.log2(rows / minimumSamplesLeaf));
    return 0.005 + trees * rows * depth * (6 + (featuresPerSplit ?? Math.sqrt(features))) * 2e-9;
  }
  if (recipe.trainer === 'gradientBoosting') {
    const { maximumIterations, learningRate, maximumLeaves, validationShare } = recipe.parameters;
    // Where it stops early, the learning rate says about when.
    const trees =
      validationShare === null ? maximumIterations : Math.min(maximumIterations, 12 / learningRate);
    // Levels of one category share a column of the histograms.
    const columns = numbers + levels / 3;
    return 0.005 + trees * rows * columns * Math.log2(maximumLeaves) * 1.9e-9;
  }
  const { hiddenLayers, batchSize, maximumEpochs, learningRate, validationShare } = recipe.parameters;
  const sizes = [features, ...hiddenLayers, 1];
  let weights = 0;
  for (let layer = 1; layer < sizes.length; layer++) weights += sizes[layer - 1] * sizes[layer];
  const epochs = validationShare === null ? maximumEpochs : Math.min(maximumEpochs, 15 + 0.02 / learningRate);
  return 0.005 + epochs * (rows * weights * 3.2e-10 + (rows / batchSize) * weights * 1.6e-9);
}
