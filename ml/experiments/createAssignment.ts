import type { BucketRange } from './allocateBuckets.ts';
import { BUCKETS, bucketOf, saltSeed } from './bucketOf.ts';

/** From a unit to its arm, by the experiment's salt and allocation: one hash and one look-up. */
export function createAssignment(salt: string, ranges: readonly BucketRange[]): (unitKey: string) => string {
  const seed = saltSeed(salt);
  const arms = Array<string>(BUCKETS);
  for (const { arm, from, to } of ranges) arms.fill(arm, from, to);
  return unitKey => arms[bucketOf(seed, unitKey)];
}
