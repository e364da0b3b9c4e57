import { MAXIMUM_MEMBERS } from '../../kernels/Crew.ts';
import type { KernelMemory } from '../../kernels/withKernelMemory.ts';
import type { Split } from './Split.ts';

/** Of a `Found`, see assembly/boosting.ts. */
const FOUND_BYTES = 48;

/** Where each member leaves the best split that it found among its columns, of one node or of two. */
export function createFoundSplits(memory: KernelMemory) {
  const found = memory.uint8(2 * FOUND_BYTES * MAXIMUM_MEMBERS);
  const foundAt = new DataView(found.buffer, found.byteOffset, found.byteLength);

  /** Reads the best of what `partCount` members found of the first (0) or the second (1) node. */
  const read = (partCount: number, node: 0 | 1, nodeScore: number, split: Split): void => {
    split.gain = 0;
    let best = Number.NEGATIVE_INFINITY;
    for (let part = 0; part < partCount; part++) {
      const at = FOUND_BYTES * (2 * part + node);
      const feature = foundAt.getInt32(at + 28, true);
      if (feature === -1) continue;
      const score = foundAt.getFloat64(at, true);
      if (score < best || (score === best && feature > split.feature)) continue;
      best = score;
      split.gain = score - nodeScore;
      split.feature = feature;
      split.bin = foundAt.getInt32(at + 32, true);
      split.left.gradient = foundAt.getFloat64(at + 8, true);
      split.left.hessian = foundAt.getFloat64(at + 16, true);
      split.left.count = foundAt.getInt32(at + 24, true);
    }
  };
  /** The place of what a member finds. */
  const placeOf = (part: number): number => found.byteOffset + 2 * FOUND_BYTES * part;
  return { placeOf, read };
}
