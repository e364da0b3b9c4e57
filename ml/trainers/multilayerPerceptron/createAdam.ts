const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;

/**
 * Adam (Kingma & Ba 2015, the efficient order of computation at the end of section 2, as scikit-learn has it).
 * @returns a step that moves the parameters against the gradient
 */
export function createAdam(
  parameterCount: number,
  learningRate: number,
): (parameters: Float32Array, gradient: Float32Array) => void {
  const first = new Float64Array(parameterCount);
  const second = new Float64Array(parameterCount);
  let firstPower = 1;
  let secondPower = 1;
  return (parameters, gradient) => {
    firstPower *= FIRST_DECAY;
    secondPower *= SECOND_DECAY;
    const rate = (learningRate * Math.sqrt(1 - secondPower)) / (1 - firstPower);
    for (let index = 0; index < parameterCount; index++) {
      const slope = gradient[index];
      first[index] = FIRST_DECAY * first[index] + (1 - FIRST_DECAY) * slope;
      second[index] = SECOND_DECAY * second[index] + (1 - SECOND_DECAY) * slope * slope;
      parameters[index] -= (rate * first[index]) / (Math.sqrt(second[index]) + EPSILON);
    }
  };
}
