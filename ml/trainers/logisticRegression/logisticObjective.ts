import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import { type Crew, parts } from '../../kernels/Crew.ts';
import type { KernelMemory } from '../../kernels/withKernelMemory.ts';

// The penalised logistic loss Σ weight × (log(1 + e^z) − y z) + ½ λ‖w‖² with z = intercept + X w, and its derivatives.
// A parameter vector holds the intercept first, then one coefficient a feature; the intercept carries no penalty.
// Sums are made chunk by chunk and then in the chunks' order, so that no number of threads changes a bit.

export interface LogisticObjective {
  /** Intercept and coefficients together. */
  readonly parameterCount: number;
  readonly rowCount: number;
  /** The objective; writes its gradient into `gradient`. */
  evaluate(parameters: Float64Array, gradient: Float64Array): number;
  /** Writes the lower triangle of the Hessian, row-major, into `target`: estimated from every `every`th block of rows. */
  hessianAt(parameters: Float64Array, target: Float64Array, every: number): void;
}

/** Of the kernels, see assembly/logistic.ts. */
const BLOCK_ROWS = 512;
const CHUNK_ROWS = 8192;
const SCRATCH_VALUES = 2 * BLOCK_ROWS;
/** Values whose pass takes longer than waking another thread. */
const VALUES_WORTH_A_MEMBER = 2 ** 19;
/** A label that is none. */
const FILLER = 2;

/**
 * @param labels one a row of the matrix, 0 or 1
 * @param classWeights the weight of a row of label 0 and of label 1
 */
export function logisticObjective(
  memory: KernelMemory,
  crew: Crew,
  matrix: FeatureMatrix,
  labels: Uint8Array,
  classWeights: readonly [number, number],
  l2: number,
): LogisticObjective {
  const { rowCount, columnCount } = matrix;
  const parameterCount = columnCount + 1;
  const values = memory.holds(matrix.values)
    ? matrix.values
    : copyInto(memory.float32(matrix.values.length), matrix.values);
  // Rows are read two at a time, the last one perhaps with what lies behind it.
  const ownLabels = memory.uint8(rowCount + 1).fill(FILLER);
  ownLabels.set(labels);
  const chunks = Math.ceil(rowCount / CHUNK_ROWS);
  const losses = memory.float64(4 * Math.ceil(rowCount / BLOCK_ROWS));
  const partials = memory.float64(chunks * parameterCount);
  const ownParameters = memory.float64(parameterCount);
  const scratches: Float64Array[] = [];
  const scratch = (member: number): number =>
    (scratches[member] ??= memory.float64(SCRATCH_VALUES)).byteOffset;
  const hessian = memory.float64(parameterCount * parameterCount);
  const ofMatrix = [values.byteOffset, rowCount, columnCount, ownLabels.byteOffset] as const;

  const evaluate = (parameters: Float64Array, gradient: Float64Array): number => {
    ownParameters.set(parameters);
    const least = Math.ceil(VALUES_WORTH_A_MEMBER / parameterCount);
    const bounds = parts(crew, 0, rowCount, least, CHUNK_ROWS);
    crew.run(
      memory,
      'logisticPass',
      bounds
        .slice(1)
        .map((to, part) => [
          ...ofMatrix,
          bounds[part],
          to,
          ownParameters.byteOffset,
          ...classWeights,
          scratch(part),
          losses.byteOffset + 32 * (bounds[part] / BLOCK_ROWS),
          partials.byteOffset + 8 * parameterCount * (bounds[part] / CHUNK_ROWS),
        ]),
    );
    gradient.fill(0);
    for (let at = 0; at < partials.length; at++) gradient[at % parameterCount] += partials[at];
    let loss = 0;
    for (let at = 0; at < losses.length; at += 2)
      loss += classWeights[(at >> 1) % 2] * (Math.log(losses[at]) + losses[at + 1]);
    let squares = 0;
    for (let index = 1; index < parameterCount; index++) {
      squares += parameters[index] ** 2;
      gradient[index] += l2 * parameters[index];
    }
    return loss + 0.5 * l2 * squares;
  };

  const hessianAt = (parameters: Float64Array, target: Float64Array, every: number): void => {
    ownParameters.set(parameters);
    hessian.fill(0);
    let sampled = 0;
    for (let from = 0; from < rowCount; from += every * BLOCK_ROWS) {
      const to = Math.min(from + BLOCK_ROWS, rowCount);
      sampled += to - from;
      memory.kernels.addHessian(
        ...ofMatrix,
        from,
        to,
        ownParameters.byteOffset,
        ...classWeights,
        scratch(0),
        hessian.byteOffset,
      );
    }
    for (let at = 0; at < target.length; at++) target[at] = hessian[at] * (rowCount / sampled);
    for (let index = 1; index < parameterCount; index++) target[index * parameterCount + index] += l2;
  };

  return { parameterCount, rowCount, evaluate, hessianAt };
}

function copyInto(target: Float32Array, values: Float32Array): Float32Array {
  target.set(values);
  return target;
}
