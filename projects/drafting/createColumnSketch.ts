import { createGrowingArray } from '../../platform/tabular/createGrowingArray.ts';
import { parseDecimal } from '../../platform/tabular/parseDecimal.ts';

// What is learnt of one column by reading it once, whatever it may turn out to be.

const MAXIMUM_TRACKED = 100_000;
const isoDate = /^\d{4}-\d{2}-\d{2}(?:$|[T ])/;
/** "0123" would lose its zero as a number: it is a code. */
const leadingZero = /^[+-]?0\d/;

export interface ColumnSketch {
  readonly name: string;
  /** Values that are not blank. */
  readonly present: number;
  readonly missing: number;
  /** Rows by value, as written; null where there are more different values than worth keeping. */
  readonly counts: ReadonlyMap<string, number> | null;
  /** Different values among the present ones, as a share (of those read until there were too many to keep). */
  readonly distinctShare: number;
  /** The present values that are numbers, ascending. */
  readonly numbers: Float64Array;
  readonly integers: number;
  readonly leadingZeros: number;
  readonly dates: number;
  readonly longest: number;
  readonly withSpaces: number;
  /** The first value that is not a number; null where all are. */
  readonly firstText: string | null;
}

export function createColumnSketch(name: string) {
  const numbers = createGrowingArray(Float64Array);
  const tally = { present: 0, missing: 0, integers: 0, leadingZeros: 0, dates: 0, longest: 0, withSpaces: 0 };
  let counts: Map<string, number> | null = new Map();
  let distinctShare = 0;
  let firstText: string | null = null;

  const count = (text: string): void => {
    if (counts === null) return;
    counts.set(text, (counts.get(text) ?? 0) + 1);
    distinctShare = counts.size / tally.present;
    if (counts.size > MAXIMUM_TRACKED) counts = null;
  };

  return {
    add: (text: string): void => {
      const trimmed = text.trim();
      if (trimmed === '') {
        tally.missing++;
        return;
      }
      tally.present++;
      tally.longest = Math.max(tally.longest, text.length);
      count(text);
      const number = parseDecimal(trimmed);
      if (number === null) {
        firstText ??= trimmed;
        if (isoDate.test(trimmed)) tally.dates++;
        if (/\s/.test(trimmed)) tally.withSpaces++;
        return;
      }
      numbers.push(number);
      if (Number.isInteger(number)) tally.integers++;
      if (leadingZero.test(trimmed)) tally.leadingZeros++;
    },
    finish: (): ColumnSketch => ({
      name,
      ...tally,
      counts,
      distinctShare,
      numbers: numbers.finish().sort(),
      firstText,
    }),
  };
}
