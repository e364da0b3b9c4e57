import type { KernelName } from './kernelCode.ts';
import type { KernelMemory } from './withKernelMemory.ts';

/**
 * Threads that run kernels side by side on one memory. What comes out must never depend on how many they are: a caller parts its
 * work so that the parts write to different places, or sums what is exact.
 */
export interface Crew {
  /** Members ready for the next step, the calling thread among them: from 1 on, and it may change from step to step. */
  readonly size: number;
  /**
   * Runs the kernel once for each list of arguments, at most `size` of them, each on a member of its own, and returns when all are done.
   * @throws Error where a member failed
   */
  run(memory: KernelMemory, kernel: KernelName, argumentsOf: readonly (readonly number[])[]): void;
}

/** More would wait for one another longer than they work. */
export const MAXIMUM_MEMBERS = 64;

/** The calling thread alone. */
export const soloCrew: Crew = {
  size: 1,
  run: ({ kernels }, kernel, argumentsOf) => {
    for (const each of argumentsOf) kernels[kernel](...each);
  },
};

/**
 * Parts `from` to `to` among the members, evenly; each part but the last is a multiple of `grain`.
 * @param least how much must be there for another member to be worth its waking
 * @returns the bounds of each part: one more than there are parts
 */
export function parts(crew: Crew, from: number, to: number, least: number, grain = 1): number[] {
  const length = to - from;
  const count =
    length < least ? 1 : Math.min(crew.size, MAXIMUM_MEMBERS, Math.max(1, Math.floor(length / grain)));
  return Array.from({ length: count + 1 }, (_, part) =>
    part === count ? to : from + Math.floor((length * part) / count / grain) * grain,
  );
}
