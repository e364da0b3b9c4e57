import type { FeatureMatrix } from '../../../ml/features/FeatureMatrix.ts';
import { withKernelMemory } from '../../../ml/kernels/withKernelMemory.ts';
import type { BinnedMatrix } from '../../../ml/trainers/trees/BinnedMatrix.ts';
import { binMatrix } from '../../../ml/trainers/trees/binMatrix.ts';

/** A binned matrix that outlives the kernels' memory. */
export const binnedOf = (matrix: FeatureMatrix, maximumBins: number, seed: number): BinnedMatrix =>
  withKernelMemory(memory => {
    const binned = binMatrix(memory, matrix, maximumBins, seed);
    return { ...binned, bins: binned.bins.slice() };
  });
