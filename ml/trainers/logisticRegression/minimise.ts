import { largestAbsolute } from './largestAbsolute.ts';
import type { LogisticObjective } from './logisticObjective.ts';
import type { Direction } from './newtonDirection.ts';

// Descent along the directions of Newton or L-BFGS with step halving until Armijo's condition holds. A trial step is nearly always
// taken, so its gradient is computed in the same pass over the rows.

const sufficientDecrease = 1e-4;
const maximumHalvings = 40;

export interface MinimiseOptions {
  readonly maximumIterations: number;
  /** Stops when the largest absolute gradient component is not above it. */
  readonly tolerance: number;
}

/** @returns the parameters found from zero: where the gradient is small enough, where float64 shows no lower value, or after the last iteration */
export function minimise(
  objective: Pick<LogisticObjective, 'parameterCount' | 'evaluate'>,
  direction: Direction,
  { maximumIterations, tolerance }: MinimiseOptions,
): Float64Array {
  let parameters = new Float64Array(objective.parameterCount);
  let gradient = new Float64Array(objective.parameterCount);
  let trialGradient = new Float64Array(objective.parameterCount);
  let value = objective.evaluate(parameters, gradient);
  let withoutDecrease = 0;
  for (let iteration = 0; iteration < maximumIterations; iteration++) {
    if (largestAbsolute(gradient) <= tolerance) break;
    const step = direction(parameters, gradient);
    const slope = step.reduce((sum, component, index) => sum + component * gradient[index], 0);
    // Near the minimum the true decrease drowns in the rounding of the sum; such a step is still a good one.
    const rounding = 4 * Number.EPSILON * Math.abs(value);
    let accepted = false;
    for (let halving = 0, length = 1; halving <= maximumHalvings && !accepted; halving++, length /= 2) {
      const trial = parameters.map((parameter, index) => parameter + length * step[index]);
      const trialValue = objective.evaluate(trial, trialGradient);
      if (!(trialValue <= value + sufficientDecrease * length * slope + rounding)) continue;
      accepted = true;
      withoutDecrease = trialValue < value - rounding ? 0 : withoutDecrease + 1;
      value = trialValue;
      parameters = trial;
      [gradient, trialGradient] = [trialGradient, gradient];
    }
    if (!accepted || withoutDecrease > 2) break;
  }
  return parameters;
}
