import { meanSd } from '../../evaluation/meanSd.ts';
import { createRandom } from '../../random/createRandom.ts';
import type { Recipe } from '../Recipe.ts';
import { drawRecipe } from './drawRecipe.ts';
import { type FitSize, nominalSeconds } from './nominalSeconds.ts';
import type { SearchRecord, SearchTrial } from './SearchRecord.ts';

// Successive halving (Jamieson and Talwalkar 2016) over folds: many trials on one fold, the better ones on more, the best on all,
// each round for the same share of the budget. Which trials there are, and how many go on, follows from the seed, the budget and
// what fits cost on paper, so that the same search finds the same recipe on any machine. No clock is read here.

export interface SearchRecipeOptions {
  readonly recipe: Recipe;
  /** Decides which trials are drawn. */
  readonly seed: number;
  readonly folds: number;
  /** Of this trainer. */
  readonly budgetSeconds: number;
  /** Of a fold's fit. */
  readonly size: FitSize;
  /** Log-loss on a fold after training on the others; null gives the search up. */
  readonly evaluate: (trial: TrialOnFold) => Promise<number | null>;
}

export interface TrialOnFold {
  /** 0 is the recipe as it was. */
  readonly trial: number;
  readonly recipe: Recipe;
  readonly fold: number;
}

export interface FoundRecipe {
  readonly recipe: Recipe;
  readonly record: Omit<SearchRecord, 'budgetSeconds'>;
}

interface Trial {
  readonly number: number;
  readonly recipe: Recipe;
  /** Of one fold. */
  readonly cost: number;
  readonly logLoss: number[];
}

const mostTrials = 64;

/**
 * The best of the recipe as it is and others drawn around it. Another one is taken only where it is better by more than one
 * standard error of that difference over the folds: what is within chance changes nothing.
 */
export async function searchRecipe(options: SearchRecipeOptions): Promise<FoundRecipe> {
  const { recipe, folds, budgetSeconds } = options;
  const rounds = foldsOfRounds(folds);
  const share = budgetSeconds / rounds.length;
  const trials = drawTrials(options, share);
  const [asItWas] = trials;
  const answer = (chosen: Trial, endedBy: 'plan' | 'budget'): FoundRecipe => ({
    recipe: chosen.recipe,
    record: { folds, trials: trials.map(each => described(each, recipe)), chosen: chosen.number, endedBy },
  });
  if (trials.length < 2) return answer(asItWas, 'budget');
  let running = trials;
  for (const [round, upTo] of rounds.entries()) {
    if (round > 0) running = survivors(running, upTo - rounds[round - 1], share);
    if (!(await runRound(running, upTo, options.evaluate))) {
      // How far it came is a matter of the machine's speed: none of it is told.
      const untried = described({ ...asItWas, logLoss: [] }, recipe);
      return { recipe, record: { folds, trials: [untried], chosen: 0, endedBy: 'clock' } };
    }
  }
  const best = running.reduce((one, other) => (meanOf(other) < meanOf(one) ? other : one));
  const gain = meanSd(asItWas.logLoss.map((logLoss, fold) => logLoss - best.logLoss[fold]));
  return answer(gain.mean > gain.sd / Math.sqrt(folds) ? best : asItWas, 'plan');
}

/** How many folds a trial has seen after each round: all at last, each time half before it. */
function foldsOfRounds(folds: number): number[] {
  const rounds = [];
  for (let upTo = folds; upTo >= 1; upTo = Math.floor(upTo / 2)) rounds.unshift(upTo);
  return rounds;
}

/** The recipe as it is, and as many others as one fold each costs a round's share; none where the last round would not be paid. */
function drawTrials(
  { recipe, seed, folds, budgetSeconds, size }: SearchRecipeOptions,
  share: number,
): Trial[] {
  const random = createRandom(seed);
  const trialOf = (number: number, each: Recipe): Trial => ({
    number,
    recipe: each,
    cost: nominalSeconds(each, size),
    logLoss: [],
  });
  const trials = [trialOf(0, recipe)];
  let spent = trials[0].cost;
  while (trials.length < mostTrials) {
    const next = trialOf(trials.length, drawRecipe(recipe, random));
    spent += next.cost;
    if (spent > share || (trials[0].cost + next.cost) * folds > budgetSeconds) break;
    trials.push(next);
  }
  return trials;
}

/** The recipe as it is and the best others, at most half of them and as many as the new folds leave room for; always one. */
function survivors(running: readonly Trial[], newFolds: number, share: number): Trial[] {
  const [asItWas, ...others] = running;
  const kept = [asItWas];
  let spent = asItWas.cost * newFolds;
  for (const trial of others.toSorted(
    (one, other) => meanOf(one) - meanOf(other) || one.number - other.number,
  )) {
    spent += trial.cost * newFolds;
    if (kept.length > 1 && (kept.length > others.length / 2 || spent > share)) break;
    kept.push(trial);
  }
  return kept;
}

/** Side by side. @returns whether the search goes on */
async function runRound(
  trials: readonly Trial[],
  upTo: number,
  evaluate: SearchRecipeOptions['evaluate'],
): Promise<boolean> {
  const results = await Promise.all(
    trials.map(async ({ number, recipe, logLoss }) => {
      const missing = Array.from({ length: upTo - logLoss.length }, (_, place) => logLoss.length + place);
      return Promise.all(missing.map(fold => evaluate({ trial: number, recipe, fold })));
    }),
  );
  for (const [place, found] of results.entries())
    for (const logLoss of found) {
      if (logLoss === null) return false;
      trials[place].logLoss.push(logLoss);
    }
  return true;
}

const meanOf = ({ logLoss }: Trial): number => meanSd(logLoss).mean;

function described({ recipe, logLoss }: Trial, asItWas: Recipe): SearchTrial {
  const before = flat(asItWas);
  const changes = Object.entries(flat(recipe)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  return { changes: Object.fromEntries(changes), logLoss };
}

const flat = (each: Recipe): Record<string, unknown> => ({ ...each, ...each.parameters, parameters: null });
