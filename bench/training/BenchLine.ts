import type { Spread } from '../Spread.ts';

/** Medians over the runs of one side. */
export interface SideFigures {
  /** Wall time. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  /** What the work took: the peak minus the idle process. */
  readonly workMegabytes: number;
  /** Mean over the fits. */
  readonly rocAuc: number;
  /** Seconds of each fit, by its name. */
  readonly fitSeconds: Readonly<Record<string, number>>;
}

/** One line of the table and one element of the JSON. */
export interface BenchLine {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly fits: number;
  readonly runs: number;
  /** Of the machine before the first run; above the number of cores, wall times say little and CPU seconds more. */
  readonly loadAverage: number;
  /** What our work may take: twice the table as float32 and its binned copy. Null where the processes outweigh the table. */
  readonly boundMegabytes: number | null;
  readonly holdfast: SideFigures;
  /** The faster layout. */
  readonly scikitLearn: SideFigures & { readonly layout: string };
  /** Ours over scikit-learn's in the same run, below 1 where ours is less. */
  readonly ratio: { readonly seconds: Spread; readonly cpuSeconds: Spread };
}
