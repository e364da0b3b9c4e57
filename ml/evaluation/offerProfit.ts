import type { Offer } from '../definition/ProjectDefinition.ts';

/**
 * What offers earn: each costs the same, and one to a customer who would have left keeps him as often as the success rate says.
 * @param reached customers who got an offer, of those who would have left and of those who would have stayed
 */
export const offerProfit = (
  { cost, customerValue, successRate }: Offer,
  reached: { readonly truePositives: number; readonly falsePositives: number },
): number =>
  reached.truePositives * successRate * customerValue -
  (reached.truePositives + reached.falsePositives) * cost;
