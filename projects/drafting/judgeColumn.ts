import type { ColumnDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { ColumnSketch } from './createColumnSketch.ts';
import { findRange } from './findRange.ts';
import { looksLikeKeyName } from './looksLikeKeyName.ts';

// What a column is, judged by its values: a number, a category, or nothing that a model should see. Every judgement comes
// with the sentence that explains it to whoever reads the drafted definition.

export type Judgement =
  | {
      readonly use: true;
      readonly definition: ColumnDefinition;
      readonly remarks: readonly string[];
      /** Rows that this column sends into quarantine. */
      readonly quarantined: number;
    }
  | { readonly use: false; readonly reason: string; readonly key: 'id' | 'counter' | null };

const MAXIMUM_LEVELS = 100;
const MAXIMUM_LEVEL_CHARACTERS = 200;
const NEARLY_UNIQUE = 0.95;
const NEARLY_ALL = 0.99;
const FEWEST_TO_JUDGE = 20;
const reserved = new Set(['label', 'probabilities', '__proto__', '']);

const leaveOut = (reason: string, key: 'id' | 'counter' | null = null): Judgement => ({
  use: false,
  reason,
  key,
});

export function judgeColumn(sketch: ColumnSketch): Judgement {
  const { name, present, counts, numbers, firstText } = sketch;
  if (reserved.has(name)) return leaveOut(`its name cannot be used; rename it in the file`);
  if (present === 0) return leaveOut('it is empty');
  if (counts !== null && counts.size === 1)
    return leaveOut(`it is constant (${show(counts.keys().next().value ?? '')})`);
  const key = judgeKey(sketch);
  if (key !== null) return key;
  const isNumber = numbers.length >= NEARLY_ALL * present && sketch.leadingZeros === 0;
  if (isNumber) return judgeNumber(sketch);
  if (sketch.dates >= NEARLY_ALL * present)
    return leaveOut(
      `it holds dates. Where they say when a row was true, eventTime: ${show(name)} and split: { by: 'time' } hold the latest rows out; as a feature they must be numbers, such as days since`,
    );
  if (counts !== null && counts.size <= MAXIMUM_LEVELS && sketch.longest <= MAXIMUM_LEVEL_CHARACTERS)
    return {
      use: true,
      definition: { kind: 'category', levels: [...counts.keys()].sort(), missing: missingRule(sketch) },
      remarks: missingRemark(sketch),
      quarantined: 0,
    };
  if (numbers.length > present / 2 && sketch.leadingZeros === 0)
    return leaveOut(
      `it is mostly numbers, but ${format(present - numbers.length)} values are not, such as ${show(firstText ?? '')}; blank them in the file if they mean a missing value`,
    );
  return leaveOut(`it is free text or a code (${describeDistinct(sketch)} different values)`);
}

/** Keys tell customers apart and say nothing about them. */
function judgeKey(sketch: ColumnSketch): Judgement | null {
  const { name, present, numbers, integers, distinctShare, leadingZeros } = sketch;
  if (present < FEWEST_TO_JUDGE || distinctShare < NEARLY_UNIQUE) return null;
  const many = `${describeDistinct(sketch)} different values in ${format(present)} rows`;
  if (integers === present && leadingZeros === 0) {
    const span = numbers[numbers.length - 1] - numbers[0] + 1;
    if (span <= 1.05 * present) return leaveOut('it counts the rows', 'counter');
    return looksLikeKeyName(name) ? leaveOut(`it looks like an id (${many})`, 'id') : null;
  }
  if (numbers.length >= NEARLY_ALL * present && leadingZeros === 0) return null;
  if (sketch.dates >= NEARLY_ALL * present) return null;
  const compact = sketch.withSpaces === 0 && sketch.longest <= 64;
  const isId = looksLikeKeyName(name) || (compact && distinctShare === 1);
  return leaveOut(`it is ${isId ? 'an id' : 'free text'} (${many})`, isId ? 'id' : null);
}

function judgeNumber(sketch: ColumnSketch): Judgement {
  const { present, numbers, integers, firstText } = sketch;
  const integer = integers === numbers.length;
  const { outliers, ...range } = findRange(numbers, integer);
  const remarks = missingRemark(sketch);
  const texts = present - numbers.length;
  if (texts > 0)
    remarks.push(
      `${format(texts)} ${texts === 1 ? 'value is not a number' : 'values are not numbers'} (such as ${show(firstText ?? '')}): quarantined.`,
    );
  if (outliers.length > 0) {
    const shown = outliers.slice(0, 3).join(', ');
    remarks.push(
      `${format(outliers.length)} ${outliers.length === 1 ? 'value' : 'values'} far from all others (${shown}${outliers.length > 3 ? ', …' : ''}) left outside the range: quarantined. Widen it if ${outliers.length === 1 ? 'it is' : 'they are'} true.`,
    );
  } else remarks.push(...tailRemark(numbers));
  return {
    use: true,
    definition: { kind: 'number', ...range, integer, missing: missingRule(sketch) },
    remarks,
    quarantined: texts + outliers.length,
  };
}

/** A tail that is long but may be true is let in, and pointed at. */
function tailRemark(sorted: Float64Array): readonly string[] {
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))];
  const largest = sorted[sorted.length - 1];
  const beyond = at(0.99) + 10 * (at(0.99) - at(0.5));
  return sorted.length >= 100 && at(0.99) > at(0.5) && largest > beyond
    ? [`The largest value is ${largest}, though 99 % are at most ${at(0.99)}: check it.`]
    : [];
}

const missingRule = ({ missing }: ColumnSketch): 'impute' | 'reject' => (missing > 0 ? 'impute' : 'reject');

const missingRemark = ({ missing }: ColumnSketch): string[] =>
  missing > 0 ? [`Missing in ${format(missing)} ${missing === 1 ? 'row' : 'rows'}: filled in.`] : [];

const describeDistinct = ({ counts }: ColumnSketch): string =>
  counts === null ? 'over 100,000' : format(counts.size);

const format = (count: number): string => count.toLocaleString('en-US');

const show = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
