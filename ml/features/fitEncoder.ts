import type { CategoryColumn, NumberColumn, Table } from '../dataset/Table.ts';
import type { Encoder, EncoderInput, Feature } from './Encoder.ts';
import { quantileKnots } from './quantileKnots.ts';

// Fits the preprocessing on the rows of one training part, and must never look at another row. Statistics are computed in
// float64 over the float32 values and rounded to float32, because the model file computes in float32.
//
// Two decisions about features:
// - A category of two levels becomes one feature, of its rarer level (the second among equals): the other would only repeat
//   it, doubling its chance in a forest and halving its penalty. A level first met while serving then encodes as 0, which
//   is the frequent level, so it is scored exactly as a missing value is. With three levels and more each has its feature,
//   and an unseen one is none of them.
// - A column that does not vary in the training part becomes no feature: nothing can be learnt from it, and a weight that
//   was never fitted would otherwise act on the first row that differs.

export interface FitEncoderOptions {
  /** Centre the numbers on their mean and scale them by 1 / population standard deviation, both after imputation. */
  readonly standardise: boolean;
  /** At most so many hinges a number, each at a quantile of the training part; null (as left out) makes none. */
  readonly splineKnots?: number | null;
}

/**
 * @param rows indices of the training part; the order does not matter
 * @returns every column of the table as an input, and the features made of those that vary
 * @throws RangeError where there is no row, a number is infinite, or no column varies
 */
export function fitEncoder(
  table: Table,
  rows: Int32Array,
  { standardise, splineKnots = null }: FitEncoderOptions,
): Encoder {
  if (rows.length === 0) throw new RangeError('the encoder got no training row; expected at least one');
  const inputs: EncoderInput[] = [];
  const features: Feature[] = [];
  for (const column of table.columns)
    if (column.kind === 'number') {
      const fill = medianOf(column, rows);
      inputs.push({ kind: 'number', name: column.name, fill });
      const [number] = numberFeature(column, rows, fill, standardise);
      if (number === undefined) continue;
      features.push(number);
      const { scale } = number;
      for (const knot of quantileKnots(column.values, rows, splineKnots ?? 0))
        features.push({ kind: 'hinge', input: column.name, knot, scale });
    } else {
      const { input, feature } = fitCategory(column, rows);
      inputs.push(input);
      features.push(...feature);
    }
  if (features.length === 0)
    throw new RangeError(
      `none of the ${table.columns.length} columns varies over the ${rows.length} training rows; expected at least one ` +
        'column with two values',
    );
  return { inputs, features };
}

/** Median of the values that are there, 0 where none is. */
function medianOf({ name, values }: NumberColumn, rows: Int32Array): number {
  const present = new Float32Array(rows.length);
  let count = 0;
  for (const row of rows) {
    const value = values[row];
    if (Number.isNaN(value)) continue;
    if (!Number.isFinite(value))
      throw new RangeError(`column ${name} holds ${value} in row ${row}; expected a finite float32 or NaN`);
    present[count++] = value;
  }
  if (count === 0) return 0;
  const sorted = present.subarray(0, count).sort();
  // Adding 0 turns −0 into 0, so that equal data gives equal bytes.
  return Math.fround((sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2) + 0;
}

function numberFeature(
  { name, values }: NumberColumn,
  rows: Int32Array,
  fill: number,
  standardise: boolean,
): Extract<Feature, { kind: 'number' }>[] {
  let sum = 0;
  let varies = false;
  const filled = (row: number): number => (Number.isNaN(values[row]) ? fill : values[row]);
  const first = filled(rows[0]);
  for (const row of rows) {
    const value = filled(row);
    sum += value;
    if (value !== first) varies = true;
  }
  if (!varies) return [];
  if (!standardise) return [{ kind: 'number', input: name, mean: 0, scale: 1 }];
  const mean = sum / rows.length;
  let squares = 0;
  for (const row of rows) squares += (filled(row) - mean) ** 2;
  const scale = Math.fround(1 / Math.sqrt(squares / rows.length));
  // Values that differ by less than float32's smallest normal number have no finite scale.
  return [
    {
      kind: 'number',
      input: name,
      mean: Math.fround(mean) + 0,
      scale: Number.isFinite(scale) && scale > 0 ? scale : 1,
    },
  ];
}

function fitCategory(
  { name, codes, levels }: CategoryColumn,
  rows: Int32Array,
): { input: EncoderInput; feature: Feature[] } {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const level = codes[row] === -1 ? undefined : levels[codes[row]];
    if (level !== undefined) counts.set(level, (counts.get(level) ?? 0) + 1);
  }
  const seen = [...counts.keys()].sort();
  if (seen.length === 0) return { input: { kind: 'category', name, fill: '', levels: [] }, feature: [] };
  let fill = seen[0];
  for (const level of seen) if ((counts.get(level) ?? 0) > (counts.get(fill) ?? 0)) fill = level;
  const kept = seen.length > 2 ? seen : seen.filter(level => level !== fill);
  return {
    input: { kind: 'category', name, fill, levels: seen },
    feature: kept.map(level => ({ kind: 'level', input: name, level })),
  };
}
