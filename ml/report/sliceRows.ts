import type { Column, Table } from '../dataset/Table.ts';

export interface Slice {
  readonly column: string;
  /** A level, a range of numbers, or `missing`. */
  readonly name: string;
  readonly rows: Int32Array;
}

const numberBins = 4;

/**
 * The parts of a table by which a model is looked at: the levels of each category, and each number cut at its quartiles. A number
 * of few values is cut between them; a column that does not vary makes no slice.
 */
export const sliceRows = (table: Table, columns: readonly string[]): Slice[] =>
  table.columns
    .filter(({ name }) => columns.includes(name))
    .flatMap(column => {
      const slices = column.kind === 'number' ? byRange(column) : byLevel(column);
      return slices.length < 2 ? [] : slices;
    });

function byLevel({ name, levels, codes }: Column & { kind: 'category' }): Slice[] {
  const present = levels.map((level, code) => ({
    level,
    rows: rowsWhere(codes.length, row => codes[row] === code),
  }));
  const missing = { level: 'missing', rows: rowsWhere(codes.length, row => codes[row] < 0) };
  return [...present, missing]
    .filter(({ rows }) => rows.length > 0)
    .map(({ level, rows }) => ({ column: name, name: level, rows }));
}

function byRange({ name, values }: Column & { kind: 'number' }): Slice[] {
  const present = values.filter(value => !Number.isNaN(value)).sort();
  // Lower bounds, each bin up to the next one; equal quantiles make one bin.
  const bounds = [
    ...new Set(
      Array.from(
        { length: numberBins },
        (_, bin) => present[Math.floor((bin * present.length) / numberBins)],
      ),
    ),
  ].filter(bound => bound !== undefined);
  const last = present[present.length - 1];
  if (bounds.length === 1 && bounds[0] !== last)
    bounds.push(present[present.findIndex(value => value !== bounds[0])]);
  const bins = bounds.map((from, bin) => {
    const next = bounds[bin + 1];
    const rows = rowsWhere(
      values.length,
      row => values[row] >= from && (next === undefined || values[row] < next),
    );
    const to = rows.reduce((highest, row) => Math.max(highest, values[row]), from);
    return { column: name, name: from === to ? shown(from) : `${shown(from)} – ${shown(to)}`, rows };
  });
  const missing = rowsWhere(values.length, row => Number.isNaN(values[row]));
  return missing.length > 0 ? [...bins, { column: name, name: 'missing', rows: missing }] : bins;
}

/** A float32 in as many digits as it has. */
const shown = (value: number): string => String(Number(value.toPrecision(6)));

function rowsWhere(count: number, holds: (row: number) => boolean): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (holds(row)) rows.push(row);
  return Int32Array.from(rows);
}
