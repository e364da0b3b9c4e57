import type { CategoryColumn, Column, NumberColumn, Table } from '../dataset/Table.ts';
import type { Encoder, EncoderInput } from './Encoder.ts';
import type { FeatureMatrix } from './FeatureMatrix.ts';

/**
 * The feature matrix of some rows, by float32 arithmetic in exactly the order of the model file's graph: fill, subtract,
 * multiply, each rounded, and then cut off at 0 where it is a hinge. The table may be another than the one the encoder was fitted on: columns are found by name and
 * levels by their text.
 * @param rows indices into the table; row i of the matrix is `rows[i]`
 * @param take where the matrix comes to lie: all zero
 * @throws RangeError where the table lacks a column of the encoder, or holds it as the other kind
 */
export function encode(
  encoder: Encoder,
  table: Table,
  rows: Int32Array,
  take: (length: number) => Float32Array = length => new Float32Array(length),
): FeatureMatrix {
  const inputs = new Map(encoder.inputs.map(input => [input.name, input]));
  const columns = new Map(table.columns.map(column => [column.name, column]));
  for (const input of encoder.inputs) requireColumn(columns, input);

  const rowCount = rows.length;
  const values = take(rowCount * encoder.features.length);
  for (const [place, feature] of encoder.features.entries()) {
    const input = inputs.get(feature.input);
    const column = columns.get(feature.input);
    const target = values.subarray(place * rowCount, (place + 1) * rowCount);
    if (feature.kind === 'number' && input?.kind === 'number' && column?.kind === 'number')
      encodeNumber(target, column, rows, input.fill, feature.mean, feature.scale);
    else if (feature.kind === 'hinge' && input?.kind === 'number' && column?.kind === 'number')
      encodeHinge(target, column, rows, input.fill, feature.knot, feature.scale);
    else if (feature.kind === 'level' && input?.kind === 'category' && column?.kind === 'category')
      encodeLevel(target, column, rows, input.fill, feature.level);
    else throw new RangeError(`feature ${place} (${feature.kind}) has no input ${feature.input} of its kind`);
  }
  return { rowCount, columnCount: encoder.features.length, values };
}

function requireColumn(columns: ReadonlyMap<string, Column>, input: EncoderInput): void {
  const column = columns.get(input.name);
  if (column?.kind === input.kind) return;
  throw new RangeError(
    `the table ${column === undefined ? 'has no column' : `holds as ${column.kind} the column`} ${input.name}; ` +
      `expected a ${input.kind} column of that name`,
  );
}

function encodeNumber(
  target: Float32Array,
  { values }: NumberColumn,
  rows: Int32Array,
  fill: number,
  mean: number,
  scale: number,
): void {
  for (let place = 0; place < rows.length; place++) {
    const value = values[rows[place]];
    target[place] = Math.fround(Math.fround((Number.isNaN(value) ? fill : value) - mean) * scale);
  }
}

function encodeHinge(
  target: Float32Array,
  column: NumberColumn,
  rows: Int32Array,
  fill: number,
  knot: number,
  scale: number,
): void {
  encodeNumber(target, column, rows, fill, knot, scale);
  // Not Math.max: it would leave a −0 where the graph has either zero.
  for (let place = 0; place < target.length; place++) if (!(target[place] > 0)) target[place] = 0;
}

function encodeLevel(
  target: Float32Array,
  { codes, levels }: CategoryColumn,
  rows: Int32Array,
  fill: string,
  level: string,
): void {
  // -2 is no code: where the table does not know the level, only filled rows can have it.
  const known = levels.indexOf(level);
  const code = known === -1 ? -2 : known;
  const ofMissing = fill === level ? 1 : 0;
  for (let place = 0; place < rows.length; place++) {
    const at = codes[rows[place]];
    target[place] = at === -1 ? ofMissing : at === code ? 1 : 0;
  }
}
