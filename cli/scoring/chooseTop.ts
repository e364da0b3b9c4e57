import type { Offer } from '../../ml/definition/ProjectDefinition.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ScoreFileRequest } from './scoreFile.ts';

/** A budget of 0.3 pays for three offers of 0.1, though 0.3 / 0.1 is a little less than 3. */
const ROUNDING = 1e-9;

/**
 * How many customers are to be chosen: as many as were asked for, and no more than the budget pays for.
 * @param by the version, for people
 * @throws HoldfastError invalidArgument where the budget buys no offer, or nobody said what an offer costs
 */
export function chooseTop(
  { top, budget }: { readonly top?: number; readonly budget?: number },
  offer: Offer | undefined,
  by: string,
): Pick<ScoreFileRequest, 'top' | 'offer' | 'onlyProfitable'> {
  if (budget === undefined) return { top, offer };
  if (offer === undefined)
    throw new HoldfastError(
      'invalidArgument',
      `${by} does not know what an offer costs: the definition it was trained by has no \`offer\`. Say how many customers with --top, or add for example \`offer: { cost: 10, customerValue: 200, successRate: 0.3 }\` to the definition and train.`,
    );
  const affordable = Math.floor(budget / offer.cost + ROUNDING);
  if (affordable === 0)
    throw new HoldfastError(
      'invalidArgument',
      `--budget ${budget} buys no offer: one costs ${offer.cost}. Expected at least that.`,
    );
  return { top: Math.min(affordable, top ?? affordable), offer, onlyProfitable: true };
}
