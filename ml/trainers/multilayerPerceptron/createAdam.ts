import type { KernelMemory } from '../../kernels/withKernelMemory.ts';

const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;

/**
 * Adam (Kingma & Ba 2015, the efficient order of computation at the end of section 2, as scikit-learn has it).
 * @param parameters in the memory, an even number of them; the gradient likewise
 * @returns a step that moves the parameters against the gradient
 */
export function createAdam(
  memory: KernelMemory,
  parameters: Float32Array,
  gradient: Float32Array,
  learningRate: number,
): () => void {
  const { length } = parameters;
  const first = memory.float64(length);
  const second = memory.float64(length);
  let firstPower = 1;
  let secondPower = 1;
  return () => {
    firstPower *= FIRST_DECAY;
    secondPower *= SECOND_DECAY;
    memory.kernels.adam(
      parameters.byteOffset,
      gradient.byteOffset,
      first.byteOffset,
      second.byteOffset,
      length,
      (learningRate * Math.sqrt(1 - secondPower)) / (1 - firstPower),
      FIRST_DECAY,
      SECOND_DECAY,
      EPSILON,
    );
  };
}
