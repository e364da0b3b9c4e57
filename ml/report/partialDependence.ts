import type { Column, Table } from '../dataset/Table.ts';
import type { ScoreRows } from './ScoreRows.ts';

export interface PartialDependence {
  readonly column: string;
  readonly kind: 'number' | 'category';
  readonly points: readonly { readonly value: number | string; readonly meanProbability: number }[];
}

/** Of a number: quantiles of what is there, at most so many. */
const gridPoints = 20;
/** Of a category: the most frequent levels. */
const maximumLevels = 12;

/**
 * Partial dependence (Friedman 2001): the mean answer if every customer had the value. It describes the model and no cause; where
 * columns hang together, some of these customers cannot exist.
 * @throws TypeError where the table lacks the column
 */
export async function partialDependence(
  table: Table,
  name: string,
  score: ScoreRows,
): Promise<PartialDependence> {
  const column = table.columns.find(each => each.name === name);
  if (column === undefined) throw new TypeError(`the table has no column ${name}`);
  const points: { value: number | string; meanProbability: number }[] = [];
  for (const variant of column.kind === 'number' ? numberVariants(column) : levelVariants(column)) {
    const probabilities = await score({
      ...table,
      columns: table.columns.map(each => (each === column ? variant.column : each)),
    });
    const sum = probabilities.reduce((total, probability) => total + probability, 0);
    points.push({ value: variant.value, meanProbability: sum / probabilities.length });
  }
  return { column: name, kind: column.kind, points };
}

interface Variant {
  readonly value: number | string;
  /** The column with that value in every row. */
  readonly column: Column;
}

function numberVariants(column: Column & { kind: 'number' }): Variant[] {
  const present = column.values.filter(value => !Number.isNaN(value)).sort();
  if (present.length === 0) return [];
  const grid = new Set<number>();
  for (let place = 0; place < gridPoints; place++)
    grid.add(present[Math.round((place * (present.length - 1)) / (gridPoints - 1))]);
  return [...grid].map(value => ({
    value,
    column: { ...column, values: new Float32Array(column.values.length).fill(value) },
  }));
}

function levelVariants(column: Column & { kind: 'category' }): Variant[] {
  const counts = new Float64Array(column.levels.length);
  for (const code of column.codes) if (code >= 0) counts[code]++;
  return column.levels
    .map((value, code) => ({ value, code }))
    .filter(({ code }) => counts[code] > 0)
    .sort((one, other) => counts[other.code] - counts[one.code])
    .slice(0, maximumLevels)
    .map(({ value, code }) => ({
      value,
      column: { ...column, codes: new Int32Array(column.codes.length).fill(code) },
    }));
}
