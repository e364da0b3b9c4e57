import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { splitTable } from '../../ml/dataset/splitTable.ts';
import { trainerNames } from '../../ml/definition/ProjectDefinition.ts';
import { searchOf } from '../../ml/definition/searchOf.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import type { Recipe } from '../../ml/trainers/Recipe.ts';
import { recipesFor } from '../../ml/trainers/recipes.ts';
import { drawRecipe } from '../../ml/trainers/search/drawRecipe.ts';
import { nominalSeconds } from '../../ml/trainers/search/nominalSeconds.ts';
import {
  type FoundRecipe,
  searchRecipe,
  type SearchRecipeOptions,
  type TrialOnFold,
} from '../../ml/trainers/search/searchRecipe.ts';
import { searchSplit } from '../../ml/trainers/search/searchSplit.ts';
import churn from '../../projects/churn.ts';

const [logistic] = recipesFor(churn);
const size = { rows: 4500, numbers: 4, levels: 40 };

const l2Of = (recipe: Recipe): number =>
  recipe.trainer === 'logisticRegression' ? recipe.parameters.l2 : Number.NaN;

/** A search whose truth is known: the log-loss is lowest at an l2 of 1, and each fold has a difficulty of its own. */
async function search(
  changes: Partial<SearchRecipeOptions> = {},
  lossAt: (l2: number, fold: number) => number = l2 => 0.4 + 0.01 * Math.log10(l2) ** 2,
) {
  const asked: TrialOnFold[] = [];
  const found = await searchRecipe({
    recipe: logistic,
    seed: 1,
    folds: 5,
    budgetSeconds: 5,
    size,
    evaluate: async trial => {
      asked.push(trial);
      return lossAt(l2Of(trial.recipe), trial.fold) + 0.01 * trial.fold;
    },
    ...changes,
  });
  return { found, asked };
}

const spent = async (budgetSeconds: number): Promise<number> => {
  const { asked } = await search({ budgetSeconds });
  return asked.reduce((sum, { recipe }) => sum + nominalSeconds(recipe, size), 0);
};

const foldsOf = ({ record }: FoundRecipe): number[] => record.trials.map(({ logLoss }) => logLoss.length);

describe('searchRecipe', () => {
  it('tries many on one fold, the better half on two, the best on all, and finds the best of them', async () => {
    const { found, asked } = await search();
    const { trials, chosen, endedBy } = found.record;
    assert.equal(endedBy, 'plan');
    assert.ok(trials.length > 20, `${trials.length} trials`);
    const reached = foldsOf(found);
    assert.deepEqual(new Set(reached), new Set([1, 2, 5]));
    const l2s = new Map(asked.map(({ trial, recipe }) => [trial, Math.abs(Math.log10(l2Of(recipe)))]));
    const distances = trials.map((_, trial) => l2s.get(trial) ?? Number.NaN);
    assert.equal(distances[chosen], Math.min(...distances));
    assert.equal(chosen > 0, true);
    for (const [trial, folds] of reached.entries())
      for (const [other, more] of reached.entries())
        if (folds < more && other > 0)
          assert.ok(distances[trial] >= distances[other], `${trial} beats ${other}`);
    assert.deepEqual(trials[0], { changes: {}, logLoss: trials[0].logLoss });
    assert.deepEqual(trials[chosen].changes, {
      ...(found.recipe.splineKnots === logistic.splineKnots ? {} : { splineKnots: found.recipe.splineKnots }),
      l2: l2Of(found.recipe),
    });
    assert.deepEqual(
      asked.map(({ trial, fold }) => `${trial}/${fold}`).sort(),
      reached
        .flatMap((folds, trial) => Array.from({ length: folds }, (_, fold) => `${trial}/${fold}`))
        .sort(),
      'each trial saw the first folds, each once',
    );
  });

  it('takes the same trials and the same recipe whatever finishes first', async () => {
    const { found } = await search();
    let waiting: (() => void)[] = [];
    const { found: shuffled } = await search({
      evaluate: async ({ recipe, fold }) => {
        await new Promise<void>(resolve => {
          waiting.push(resolve);
          setImmediate(() => {
            const last = waiting.toReversed();
            waiting = [];
            for (const go of last) go();
          });
        });
        return 0.4 + 0.01 * Math.log10(l2Of(recipe)) ** 2 + 0.01 * fold;
      },
    });
    assert.deepEqual(shuffled, found);
    assert.notDeepEqual((await search({ seed: 2 })).found, found);
  });

  it('keeps the recipe as it is where another is better by chance only', async () => {
    // All others are better by .005 on average, with a standard error of .01.
    const { found } = await search({}, (l2, fold) =>
      l2 === l2Of(logistic) ? 0.4 : 0.399 + (fold % 2 === 0 ? -0.02 : 0.02),
    );
    const { trials, chosen } = found.record;
    assert.ok(trials.some(({ logLoss }) => logLoss[0] < trials[0].logLoss[0]));
    assert.equal(chosen, 0);
    assert.deepEqual(found.recipe, logistic);
  });

  it('costs on paper what the budget says, and about as much where it is larger', async () => {
    for (const budget of [1, 2, 5]) {
      const cost = await spent(budget);
      assert.ok(cost <= budget * 1.1 && cost >= budget * 0.4, `${cost} of ${budget}`);
    }
  });

  it('tries nothing where the budget does not pay for one trial, and says so', async () => {
    const { found, asked } = await search({ budgetSeconds: 0.1 });
    assert.deepEqual(asked, []);
    assert.equal(found.record.endedBy, 'budget');
    assert.deepEqual(found.recipe, logistic);
  });

  it('keeps the recipe as it is where the search is given up', async () => {
    let left = 30;
    const { found } = await search({ evaluate: async ({ recipe }) => (left-- > 0 ? l2Of(recipe) : null) });
    const { endedBy, chosen, trials } = found.record;
    assert.deepEqual([endedBy, chosen], ['clock', 0]);
    // Nothing that tells how far this machine came.
    assert.deepEqual(trials, [{ changes: {}, logLoss: [] }]);
    assert.deepEqual(found.recipe, logistic);
  });

  it('halves from any number of folds', async () => {
    for (const [folds, reached] of [
      [2, [1, 2]],
      [3, [1, 3]],
      [10, [1, 2, 5, 10]],
    ] as const)
      assert.deepEqual(
        [...new Set(foldsOf((await search({ folds })).found))].sort((a, b) => a - b),
        reached,
      );
  });

  it('leaves the original system’s recipe alone', () => {
    const asked = { search: { budgetSeconds: 5 } };
    assert.equal(searchOf({ ...asked, recipe: 'original' }), undefined);
    assert.deepEqual(searchOf({ ...asked, recipe: 'holdfast' }), asked.search);
  });
});

describe('drawRecipe', () => {
  for (const [place, trainer] of trainerNames.entries())
    it(`draws other parameters of ${trainer} and changes nothing else`, () => {
      const recipe = recipesFor(churn)[place];
      assert.equal(recipe.trainer, trainer);
      const random = createRandom(place);
      const drawn = Array.from({ length: 50 }, () => drawRecipe(recipe, random));
      assert.ok(new Set(drawn.map(each => JSON.stringify(each))).size > 45);
      for (const each of drawn) {
        assert.deepEqual(Object.keys(each.parameters).sort(), Object.keys(recipe.parameters).sort());
        assert.deepEqual(
          { ...each, parameters: null, splineKnots: null },
          { ...recipe, parameters: null, splineKnots: null },
        );
        assert.ok(nominalSeconds(each, size) > 0.005);
        assert.ok(
          nominalSeconds(each, { ...size, rows: 2 * size.rows }) > 1.5 * nominalSeconds(each, size) - 0.01,
        );
      }
    });
});

describe('searchSplit', () => {
  it('has folds of its own over the same training part, as even as the split’s', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.integer({ min: 40, max: 300 }),
        (folds, seed, rows) => {
          const labels = Uint8Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 1 : 0));
          const options = { holdoutShare: 0.2, folds };
          fc.pre(rows / 4 > folds + 2);
          const split = splitTable({ labels }, { ...options, seed });
          const own = searchSplit({ labels }, split, { seed, split: options });
          assert.deepEqual([own.train, own.holdout], [split.train, split.holdout]);
          for (const label of [0, 1]) {
            const counts = Array.from({ length: folds }, () => 0);
            own.train.forEach((row, place) => {
              if (labels[row] === label) counts[own.foldOf[place]]++;
            });
            assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
          }
        },
      ),
      { numRuns: 50 },
    );
    const labels = Uint8Array.from({ length: 200 }, (_, row) => row % 2);
    const split = splitTable({ labels }, { ...churn.split, seed: 1 });
    assert.notDeepEqual(searchSplit({ labels }, split, churn).foldOf, split.foldOf);
    const byTime = { ...churn, split: { ...churn.split, by: 'time' as const } };
    assert.deepEqual(searchSplit({ labels }, split, byTime), split);
  });
});
