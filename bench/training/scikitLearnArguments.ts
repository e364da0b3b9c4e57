import type { Recipe } from '../../ml/trainers/Recipe.ts';

/**
 * The recipe's parameters as arguments of scikit-learn's LogisticRegression, RandomForestClassifier,
 * HistGradientBoostingClassifier or MLPClassifier.
 * @throws TypeError for a recipe that scikit-learn has no equal of
 */
export function scikitLearnArguments(recipe: Recipe): Record<string, unknown> {
  const class_weight = recipe.parameters.balanced ? 'balanced' : null;
  if (recipe.trainer === 'logisticRegression') {
    const { l2, maximumIterations } = recipe.parameters;
    return { C: l2 === 0 ? Number.MAX_VALUE : 1 / l2, max_iter: maximumIterations, class_weight };
  }
  if (recipe.trainer === 'randomForest') {
    const { trees, maximumDepth, minimumSamplesLeaf, featuresPerSplit } = recipe.parameters;
    return {
      n_estimators: trees,
      max_depth: maximumDepth,
      min_samples_leaf: minimumSamplesLeaf,
      max_features: featuresPerSplit ?? 'sqrt',
      class_weight,
    };
  }
  if (recipe.trainer === 'gradientBoosting') {
    const { parameters } = recipe;
    return {
      max_iter: parameters.maximumIterations,
      learning_rate: parameters.learningRate,
      max_leaf_nodes: parameters.maximumLeaves,
      max_depth: parameters.maximumDepth,
      min_samples_leaf: parameters.minimumSamplesLeaf,
      l2_regularization: parameters.l2,
      max_bins: parameters.maximumBins,
      class_weight,
      ...stopping(parameters),
    };
  }
  if (recipe.trainer === 'multilayerPerceptron' && class_weight === null) {
    const { parameters } = recipe;
    return {
      hidden_layer_sizes: parameters.hiddenLayers,
      learning_rate_init: parameters.learningRate,
      batch_size: parameters.batchSize,
      max_iter: parameters.maximumEpochs,
      alpha: parameters.l2,
      ...stopping(parameters),
    };
  }
  throw new TypeError(`scikit-learn has no equal of this ${recipe.trainer}`);
}

const stopping = ({
  validationShare,
  patience,
}: {
  readonly validationShare: number | null;
  readonly patience: number;
}): Record<string, unknown> => ({
  early_stopping: validationShare !== null,
  validation_fraction: validationShare ?? 0.1,
  n_iter_no_change: patience,
});
