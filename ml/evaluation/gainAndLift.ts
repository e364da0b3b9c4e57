import { cumulativeCounts } from './cumulativeCounts.ts';

export interface GainAndLift {
  /** Share of all positive rows among the highest-ranked share of the rows. */
  readonly gain: number;
  /** How many times more positive rows are there than in a random choice of as many: gain ÷ share. */
  readonly lift: number;
}

/**
 * What contacting the highest-ranked share of the customers finds. Where the cut falls into rows of equal probability, they
 * count in proportion: what a random choice among them would give on average.
 * @param share share of the rows that are contacted, in (0, 1]
 * @throws RangeError as cumulativeCounts, for a share outside (0, 1], or where no row is positive
 */
export function gainAndLift(labels: Uint8Array, probabilities: Float64Array, share: number): GainAndLift {
  if (!(share > 0 && share <= 1))
    throw new RangeError(`the contacted share is ${share}; expected above 0 and at most 1`);
  const { truePositives, falsePositives, positives } = cumulativeCounts(labels, probabilities);
  if (positives === 0)
    throw new RangeError('gain is undefined without a positive row; expected at least one');
  const contacted = share * labels.length;
  let found = 0;
  let reached = 0;
  for (let step = 0; step < truePositives.length; step++) {
    const reachedHere = truePositives[step] + falsePositives[step];
    if (reachedHere >= contacted) {
      found += ((contacted - reached) / (reachedHere - reached)) * (truePositives[step] - found);
      break;
    }
    reached = reachedHere;
    found = truePositives[step];
  }
  return { gain: found / positives, lift: found / positives / share };
}
