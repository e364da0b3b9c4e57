import type { Recipe } from '../../ml/trainers/Recipe.ts';
import { recipesFor } from '../../ml/trainers/recipes.ts';
import type { BenchedTrainer } from './benchedTrainers.ts';

/**
 * The recipe of the synthetic tables: scikit-learn's own defaults, which are those of the `original` set, with 500 trees of 31
 * leaves at rate 0.05; the forest has 100 trees with leaves of ten rows and more.
 */
export function recipeOf(trainer: BenchedTrainer): Recipe {
  const [recipe] = recipesFor({ trainers: [trainer], recipe: 'original' });
  if (recipe.trainer === 'randomForest')
    return {
      ...recipe,
      parameters: { ...recipe.parameters, trees: 100, minimumSamplesLeaf: 10, balanced: false },
    };
  if (recipe.trainer === 'logisticRegression')
    return { ...recipe, parameters: { ...recipe.parameters, balanced: false } };
  return recipe;
}
