import { murmur3 } from './murmur3.ts';

/** Of every experiment: one is a hundredth of a percent of the units. */
export const BUCKETS = 10_000;

/** The salt as the seed of bucketOf, which need not be computed for every unit. */
export const saltSeed = (salt: string): number => murmur3(salt, 0);

/**
 * Where a unit falls in an experiment: never a die, so that every process on every machine says the same at any time. The
 * rule is docs/assignment.md, its test vectors test/golden/assignment.json.
 * @returns 0 to 9,999
 */
export const bucketOf = (seed: number, unitKey: string): number =>
  Math.floor((murmur3(unitKey, seed) * BUCKETS) / 2 ** 32);
