import type { ProjectDefinition, TrainerName } from '../definition/ProjectDefinition.ts';
import type { Recipe } from './Recipe.ts';

// The two named sets of recipes. `holdfast` is ours: every column, early stopping, no resampling, calibrated.
// `original` repeats the system that Holdfast replaces, where scikit-learn's defaults fill in what it did not say.

type RecipeSet = Readonly<{ [Name in TrainerName]: Extract<Recipe, { trainer: Name }> }>;

const linear = {
  standardise: true,
  splineKnots: null,
  minimumAbsoluteCorrelation: null,
  smote: false,
  calibrate: true,
} as const;
const trees = { ...linear, standardise: false } as const;
const original = {
  standardise: true,
  splineKnots: null,
  minimumAbsoluteCorrelation: 0.18,
  smote: true,
  calibrate: false,
} as const;

const sets: Readonly<Record<ProjectDefinition['recipe'], RecipeSet>> = {
  holdfast: {
    logisticRegression: {
      trainer: 'logisticRegression',
      ...linear,
      splineKnots: 8,
      parameters: { l2: 0.1, maximumIterations: 100, tolerance: 1e-6, balanced: false },
    },
    randomForest: {
      trainer: 'randomForest',
      ...trees,
      parameters: {
        trees: 150,
        maximumDepth: null,
        minimumSamplesLeaf: 20,
        featuresPerSplit: 8,
        balanced: false,
      },
    },
    gradientBoosting: {
      trainer: 'gradientBoosting',
      ...trees,
      parameters: {
        maximumIterations: 500,
        learningRate: 0.08,
        maximumLeaves: 4,
        maximumDepth: null,
        minimumSamplesLeaf: 20,
        l2: 1,
        maximumBins: 64,
        validationShare: 0.15,
        patience: 20,
        balanced: false,
      },
    },
    multilayerPerceptron: {
      trainer: 'multilayerPerceptron',
      ...linear,
      parameters: {
        hiddenLayers: [64, 32],
        learningRate: 1e-3,
        batchSize: 200,
        maximumEpochs: 200,
        l2: 1,
        validationShare: 0.1,
        patience: 10,
        balanced: false,
      },
    },
  },
  original: {
    logisticRegression: {
      trainer: 'logisticRegression',
      ...original,
      parameters: { l2: 1, maximumIterations: 1000, tolerance: 1e-6, balanced: true },
    },
    randomForest: {
      trainer: 'randomForest',
      ...original,
      parameters: {
        trees: 300,
        maximumDepth: null,
        minimumSamplesLeaf: 1,
        featuresPerSplit: null,
        balanced: true,
      },
    },
    gradientBoosting: {
      trainer: 'gradientBoosting',
      ...original,
      parameters: {
        maximumIterations: 500,
        learningRate: 0.05,
        maximumLeaves: 31,
        maximumDepth: null,
        minimumSamplesLeaf: 20,
        l2: 0,
        maximumBins: 255,
        validationShare: null,
        patience: 10,
        balanced: false,
      },
    },
    multilayerPerceptron: {
      trainer: 'multilayerPerceptron',
      ...original,
      parameters: {
        hiddenLayers: [64, 32],
        learningRate: 1e-3,
        batchSize: 200,
        maximumEpochs: 200,
        l2: 1e-4,
        validationShare: 0.1,
        patience: 10,
        balanced: false,
      },
    },
  },
};

/**
 * One recipe for each of the definition's trainers that are ours, in its order; the blend has none, as it trains nothing on rows.
 * @param recipe the set to take; the definition's own where left out
 */
export function recipesFor(
  definition: Pick<ProjectDefinition, 'trainers' | 'recipe'>,
  recipe: ProjectDefinition['recipe'] = definition.recipe,
): Recipe[] {
  return definition.trainers.flatMap(trainer =>
    trainer === 'blend' || typeof trainer === 'object' ? [] : [sets[recipe][trainer]],
  );
}
