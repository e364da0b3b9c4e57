import type { Crew } from '../../kernels/Crew.ts';
import type { KernelMemory } from '../../kernels/withKernelMemory.ts';
import type { HistogramLayout } from './layOutHistograms.ts';

export interface GrowthOptions {
  readonly memory: KernelMemory;
  readonly crew: Crew;
  readonly layout: HistogramLayout;
  /** One a row, 0 or 1. */
  readonly labels: Uint8Array;
  /** Of label 0 and of label 1. */
  readonly weights: readonly [number, number];
  /** Every row's raw score before the first tree. */
  readonly base: number;
  readonly maximumLeaves: number;
  readonly minimumSamplesLeaf: number;
  readonly l2: number;
}
