import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';

/** The given rows of a matrix as a matrix of its own, in the order given. */
export function selectRows(
  { values, rowCount, columnCount }: FeatureMatrix,
  rows: Int32Array,
): FeatureMatrix {
  const selected = new Float32Array(rows.length * columnCount);
  for (let column = 0; column < columnCount; column++) {
    const from = column * rowCount;
    const to = column * rows.length;
    for (let place = 0; place < rows.length; place++) selected[to + place] = values[from + rows[place]];
  }
  return { rowCount: rows.length, columnCount, values: selected };
}
