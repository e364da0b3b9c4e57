import type { Offer } from '../definition/ProjectDefinition.ts';
import { cumulativeCounts } from './cumulativeCounts.ts';
import { offerProfit } from './offerProfit.ts';

/**
 * The threshold of the highest profit where it is known what an offer costs and brings, else of the best F1. It lies midway
 * between two neighbouring distinct probabilities (below the lowest: midway to 0; above the highest, where no offer pays:
 * midway to 1), so that no prediction stands on it; among equals the highest threshold wins, which answers positive least often.
 * @returns without an offer .5 where no row is positive, as every F1 is 0 then
 * @throws RangeError where the lengths differ, there is no row, or a probability is not within [0, 1]
 */
export function chooseThreshold(labels: Uint8Array, probabilities: Float64Array, offer?: Offer): number {
  const {
    probabilities: distinct,
    truePositives,
    falsePositives,
    positives,
  } = cumulativeCounts(labels, probabilities);
  if (offer === undefined && positives === 0) return 0.5;
  const worth = (step: number): number => {
    const reached = { truePositives: truePositives[step], falsePositives: falsePositives[step] };
    if (offer !== undefined) return offerProfit(offer, reached);
    return (2 * reached.truePositives) / (reached.truePositives + reached.falsePositives + positives);
  };
  // To make no offer earns 0, but is no answer where even that of a certain 1 is to be refused: nothing lies above it.
  const canRefuseAll = offer !== undefined && distinct[0] < 1;
  let best = canRefuseAll ? -1 : 0;
  let bestWorth = canRefuseAll ? 0 : worth(0);
  for (let step = 0; step < distinct.length; step++) {
    const here = worth(step);
    if (here > bestWorth) {
      bestWorth = here;
      best = step;
    }
  }
  const lowestAnswered = best === -1 ? 1 : distinct[best];
  const highestRefused = best + 1 < distinct.length ? distinct[best + 1] : 0;
  const middle = highestRefused + (lowestAnswered - highestRefused) / 2;
  // Between two neighbouring floats there is nothing: the middle rounds to one of them, and the lower would answer more.
  return middle > highestRefused ? middle : lowestAnswered;
}
