import { murmur3 } from '../experiments/murmur3.ts';

/**
 * Where a customer stands between 0 and 2³², for ever the same: those at the lower end are the holdout. By the project's name, so
 * that it has nothing to do with the arm of any experiment.
 */
export const unitHasher = (project: string): ((id: string) => number) => {
  const seed = murmur3(`holdout/${project}`, 0);
  return id => murmur3(id, seed);
};
