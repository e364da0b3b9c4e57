import { mix } from './mix.ts';

/** Below it a member costs its whole scoring time for nothing that could be measured. */
const smallestWeight = 0.02;
const maximumIterations = 500;
/** The iteration stops where the mean log-loss is at most so far above its minimum. */
const tolerance = 1e-6;

/**
 * The mixture of predictions with the lowest log-loss: weights that are not negative and sum to 1, by exponentiated
 * gradients (Kivinen and Warmuth 1997) with a step length that adapts. Weights below .02 become 0 and the others are fitted
 * again without them.
 * @param labels one a row, 0 or 1
 * @param members calibrated probabilities of label 1, one a row each
 * @returns one weight a member
 */
export function fitMixture(labels: Uint8Array, members: readonly Float64Array[]): number[] {
  const likelihoods = members.map(member =>
    // Never 0, so that one member that is wrong with certainty cannot make a row impossible.
    member.map((probability, row) => Math.max(labels[row] === 1 ? probability : 1 - probability, 1e-15)),
  );
  let kept = likelihoods.map((_, place) => place);
  for (;;) {
    const proportions = fitProportions(kept.map(place => likelihoods[place]));
    const worthy = kept.filter((_, index) => proportions[index] >= smallestWeight);
    if (worthy.length === kept.length) {
      const weights = members.map(() => 0);
      for (const [index, place] of kept.entries()) weights[place] = proportions[index];
      return weights;
    }
    kept = worthy;
  }
}

/** Weights on the simplex, from equal ones: each step is taken only if it lowers the loss, and the next one is then longer. */
function fitProportions(likelihoods: readonly Float64Array[]): number[] {
  let best = stateAt(
    likelihoods,
    likelihoods.map(() => 1 / likelihoods.length),
  );
  let length = 1;
  for (let iteration = 0; iteration < maximumIterations; iteration++) {
    // By convexity no mixture's mean log-loss is lower than the present one's by more than this.
    if (Math.max(...best.ratios) - 1 <= tolerance || length < 1e-6) break;
    const moved = best.weights.map((weight, place) => weight * Math.exp(length * (best.ratios[place] - 1)));
    const total = moved.reduce((sum, weight) => sum + weight, 0);
    const trial = stateAt(
      likelihoods,
      moved.map(weight => weight / total),
    );
    if (trial.loss <= best.loss) {
      best = trial;
      length *= 2;
    } else length /= 4;
  }
  return best.weights;
}

/** The mean log-loss of a mixture, and its derivative by each weight with the sign turned. */
function stateAt(likelihoods: readonly Float64Array[], weights: number[]) {
  const mixed = mix(weights, likelihoods);
  const mean = (sumOf: (row: number) => number): number => {
    let sum = 0;
    for (let row = 0; row < mixed.length; row++) sum += sumOf(row);
    return sum / mixed.length;
  };
  return {
    weights,
    loss: mean(row => -Math.log(mixed[row])),
    ratios: likelihoods.map(likelihood => mean(row => likelihood[row] / mixed[row])),
  };
}
