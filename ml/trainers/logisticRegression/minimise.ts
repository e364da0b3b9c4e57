import type { LogisticObjective } from './logisticObjective.ts';
import type { Direction } from './newtonDirection.ts';

// Descent along the directions of Newton or L-BFGS with step halving until Armijo's condition holds. The margins along a
// line are margins + t × projection, so a trial step costs one pass over the rows and none over the matrix.

const sufficientDecrease = 1e-4;
const maximumHalvings = 40;

export interface MinimiseOptions {
  readonly maximumIterations: number;
  /** Stops when the largest absolute gradient component is not above it. */
  readonly tolerance: number;
}

/** @returns the parameters found from zero: where the gradient is small enough, where float64 shows no lower value, or after the last iteration */
export function minimise(
  objective: LogisticObjective,
  direction: Direction,
  { maximumIterations, tolerance }: MinimiseOptions,
): Float64Array {
  let parameters = new Float64Array(objective.parameterCount);
  let margins = new Float64Array(objective.rowCount);
  let trialMargins = new Float64Array(objective.rowCount);
  const projection = new Float64Array(objective.rowCount);
  const gradient = new Float64Array(objective.parameterCount);
  let value = objective.valueAt(parameters, margins);
  objective.gradientAt(parameters, margins, gradient);
  let withoutDecrease = 0;
  for (let iteration = 0; iteration < maximumIterations; iteration++) {
    if (largestAbsolute(gradient) <= tolerance) break;
    const step = direction(parameters, margins, gradient);
    objective.project(step, projection);
    const slope = step.reduce((sum, component, index) => sum + component * gradient[index], 0);
    // Near the minimum the true decrease drowns in the rounding of the sum; such a step is still a good one.
    const rounding = 4 * Number.EPSILON * Math.abs(value);
    let accepted = false;
    for (let halving = 0, length = 1; halving <= maximumHalvings && !accepted; halving++, length /= 2) {
      const trial = parameters.map((parameter, index) => parameter + length * step[index]);
      for (let row = 0; row < margins.length; row++)
        trialMargins[row] = margins[row] + length * projection[row];
      const trialValue = objective.valueAt(trial, trialMargins);
      if (!(trialValue <= value + sufficientDecrease * length * slope + rounding)) continue;
      accepted = true;
      withoutDecrease = trialValue < value - rounding ? 0 : withoutDecrease + 1;
      value = trialValue;
      parameters = trial;
      [margins, trialMargins] = [trialMargins, margins];
    }
    if (!accepted || withoutDecrease > 2) break;
    objective.gradientAt(parameters, margins, gradient);
  }
  return parameters;
}

const largestAbsolute = (vector: Float64Array): number =>
  vector.reduce((largest, component) => Math.max(largest, Math.abs(component)), 0);
