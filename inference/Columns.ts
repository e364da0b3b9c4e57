import type { Signature } from './Signature.ts';

// The instances of one request, as all that score them take them: numbers as float32, texts as codes. Row by row, so that
// rows of many requests are put together, and those of one are taken apart, by their position alone.

export interface Columns {
  readonly rowCount: number;
  /** [rowCount, signature.numberCount]; NaN = missing. */
  readonly numbers: Float32Array;
  /** [rowCount, signature.categoryCount]: MISSING, 1 + the level's place in the signature, or -1 - a place in `texts`. */
  readonly codes: Int32Array;
  /** Texts that are no level of their column, each as often as it came. */
  readonly texts: string[];
}

export const MISSING = 0;

/** Some rows of a request: from `from` (inclusive) to `to` (exclusive). */
export interface RowRange {
  readonly columns: Columns;
  readonly from: number;
  readonly to: number;
}

export const createColumns = (
  { numberCount, categoryCount }: Pick<Signature, 'numberCount' | 'categoryCount'>,
  rowCount: number,
): Columns => ({
  rowCount,
  numbers: new Float32Array(rowCount * numberCount).fill(Number.NaN),
  codes: new Int32Array(rowCount * categoryCount),
  texts: [],
});

export const rowsOf = (ranges: readonly RowRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from, 0);
