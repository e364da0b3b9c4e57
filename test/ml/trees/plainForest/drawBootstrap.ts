import type { Random } from '../../../../ml/random/createRandom.ts';

/** Draws as many rows as there are, with replacement: how often each was drawn. */
export function drawBootstrap(draws: Int32Array, random: Random): void {
  draws.fill(0);
  for (let draw = 0; draw < draws.length; draw++) draws[random.below(draws.length)] += 1;
}
