import { searchOf } from '../../ml/definition/searchOf.ts';
import { deriveSeed } from '../../ml/random/deriveSeed.ts';
import type { Recipe } from '../../ml/trainers/Recipe.ts';
import { recipesFor } from '../../ml/trainers/recipes.ts';
import { fitSizeOf } from '../../ml/trainers/search/fitSizeOf.ts';
import type { SearchRecord } from '../../ml/trainers/search/SearchRecord.ts';
import { searchRecipe } from '../../ml/trainers/search/searchRecipe.ts';
import type { TrainCandidateHeartbeat } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { createTrials } from './createTrials.ts';
import type { TrainCandidateOptions } from './TrainingMaterial.ts';

/**
 * A search whose fits take so many times its budget of CPU time is given up, and the recipe stays as it is: the one thing that a
 * clock decides, so the one way to another model file from the same data, definition and seed. The record says so (`clock`).
 */
const patience = 10;

export interface SearchedRecipe {
  readonly recipe: Recipe;
  /** Left out where the definition asks for no search. */
  readonly search?: SearchRecord;
}

/**
 * The recipe that a candidate is trained by: the definition's, or what a search around it found by cross-validation inside the
 * training part. The heartbeat names each trial on a fold as an artifact, so that another attempt goes on with the same trials,
 * and at last what was found, before any fold is trained by it.
 * @returns also what is done after it, for the folds to go on from
 */
export async function findRecipe(
  ports: Pick<ActivityPorts, 'artifacts' | 'training' | 'logger'>,
  options: TrainCandidateOptions,
): Promise<SearchedRecipe & { readonly done: TrainCandidateHeartbeat }> {
  const { artifacts, logger } = ports;
  const { definition, table, split, trainer, before, onProgress } = options;
  const recipes = recipesFor(definition);
  const recipe = recipes.find(each => each.trainer === trainer);
  if (recipe === undefined) throw new TypeError(`the definition names no trainer ${trainer}`);
  const { budgetSeconds } = searchOf(definition) ?? {};
  if (budgetSeconds === undefined) return { recipe, done: before };
  if (before.search !== undefined && (await artifacts.has(before.search))) {
    const found: SearchedRecipe = JSON.parse(
      Buffer.from(await artifacts.get(before.search)).toString('utf8'),
    );
    return { ...found, done: before };
  }
  const { folds } = definition.split;
  const budget = budgetSeconds / recipes.length;
  const trials = createTrials(ports, options, patience * budget);
  try {
    const { record, ...found } = await searchRecipe({
      recipe,
      seed: deriveSeed(definition.seed, trainer, 'search'),
      folds,
      budgetSeconds: budget,
      size: fitSizeOf(table, Math.round((split.train.length * (folds - 1)) / folds)),
      evaluate: trial => trials.evaluate(trial),
    });
    const searched: SearchedRecipe = { ...found, search: { budgetSeconds, ...record } };
    logger.info(
      { trainer, trials: record.trials.length, chosen: record.chosen, endedBy: record.endedBy },
      'search has ended',
    );
    const { trials: _names, ...done } = trials.done();
    const digest = await artifacts.put(Buffer.from(JSON.stringify(searched)));
    // Whatever folds an older attempt may have left were trained by a search that came to nothing.
    const after = { ...done, folds: {}, search: digest };
    onProgress(after);
    return { ...searched, done: after };
  } finally {
    trials.close();
  }
}
