import { BUCKETS } from './bucketOf.ts';

// Which arm has which buckets. An experiment keeps its allocation and does not work it out from its weights each time: with
// cumulative ranges, [50, 30, 20] → [40, 30, 30] would move 20 % of the units, of which half by no fault of their arm. Here
// an arm that shrinks gives up as many buckets as it loses, and only those change hands: the least that any rule could move.

/** Buckets `from` (inclusive) to `to` (exclusive). */
export interface BucketRange {
  readonly arm: string;
  readonly from: number;
  readonly to: number;
}

export interface ArmWeight {
  readonly arm: string;
  /** In buckets, that is in hundredths of a percent. */
  readonly weight: number;
}

/**
 * @param present the allocation so far; empty for a new experiment, whose arms get contiguous ranges in their order
 * @param weights every arm of the experiment; they sum to BUCKETS
 * @returns ranges that cover every bucket once, in ascending order
 */
export function allocateBuckets(
  present: readonly BucketRange[],
  weights: readonly ArmWeight[],
): readonly BucketRange[] {
  const owners = Array<string | null>(BUCKETS).fill(null);
  for (const { arm, from, to } of present) owners.fill(arm, from, to);
  const surplus = new Map(countBuckets(present));
  for (const { arm, weight } of weights) surplus.set(arm, (surplus.get(arm) ?? 0) - weight);
  // From behind, so that what an arm has longest stays its own.
  for (let bucket = BUCKETS - 1; bucket >= 0; bucket--) {
    const owner = owners[bucket];
    const tooMany = owner === null ? 0 : (surplus.get(owner) ?? 0);
    if (owner === null || tooMany <= 0) continue;
    owners[bucket] = null;
    surplus.set(owner, tooMany - 1);
  }
  let free = owners.indexOf(null);
  for (const { arm } of weights)
    for (let lacking = -(surplus.get(arm) ?? 0); lacking > 0; lacking--) {
      owners[free] = arm;
      free = owners.indexOf(null, free);
    }
  return toRanges(owners);
}

/** Arm → how many buckets it has. */
export function countBuckets(ranges: readonly BucketRange[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { arm, from, to } of ranges) counts.set(arm, (counts.get(arm) ?? 0) + to - from);
  return counts;
}

function toRanges(owners: readonly (string | null)[]): BucketRange[] {
  const ranges: BucketRange[] = [];
  let from = 0;
  for (let bucket = 1; bucket <= owners.length; bucket++) {
    const arm = owners[from];
    if (bucket < owners.length && owners[bucket] === arm) continue;
    if (arm === null) throw new RangeError(`The weights leave bucket ${from} to no arm.`);
    ranges.push({ arm, from, to: bucket });
    from = bucket;
  }
  return ranges;
}
