/** One line of the bench: both sides as arguments of their program, made ready in a folder of its own. */
export interface BenchCase {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly fits: number;
  /** See BenchLine. */
  readonly boundMegabytes: number | null;
  /** Writes what both sides read. */
  readonly prepare: (folder: string) => Sides;
}

export interface Sides {
  /** A file of this folder and its arguments, for Node. */
  readonly holdfast: readonly string[];
  readonly jobs: string;
  /** How scikit-learn uses the two cores; where there are two ways the faster one counts. */
  readonly layouts: readonly ('threads' | 'processes')[];
}
