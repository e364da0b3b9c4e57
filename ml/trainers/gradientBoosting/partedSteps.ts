import { type Crew, parts } from '../../kernels/Crew.ts';
import type { KernelMemory } from '../../kernels/withKernelMemory.ts';

// How a step of growing is parted among the crew's members: by rows or by histogram columns. Where it is too small to wake another
// member it is done by the calling thread.

/** Rows whose step takes longer than waking another thread. */
const ROWS_WORTH_A_MEMBER = 8192;

export function partedSteps({ memory, crew }: { readonly memory: KernelMemory; readonly crew: Crew }) {
  return {
    /** Runs a kernel on each part of some rows or columns. */
    onParts: (
      kernel: Parameters<Crew['run']>[1],
      bounds: readonly number[],
      argumentsOf: (from: number, to: number, part: number) => readonly number[],
    ): void =>
      crew.run(
        memory,
        kernel,
        bounds.slice(1).map((to, part) => argumentsOf(bounds[part], to, part)),
      ),
    rowParts: (start: number, end: number, grain = 1): number[] =>
      parts(crew, start, end, ROWS_WORTH_A_MEMBER, grain),
    /** The columns, parted where a node has rows enough. */
    columnParts: (columnCount: number, nodeRows: number): number[] =>
      parts(crew, 0, columnCount, nodeRows < ROWS_WORTH_A_MEMBER ? Number.POSITIVE_INFINITY : 2),
  };
}
