import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';

/** Rows without their zeros: the entries of row r are `starts[r]` to `starts[r + 1]` of `columns` and `values`. */
export interface SparseRows {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/**
 * Rows `from` to `to` (exclusive) of a column-major matrix. More than half of a table's features are levels that a row does
 * not have, so the first layer, the widest, works only through what is there.
 */
export function sparseRows(matrix: FeatureMatrix, from = 0, to = matrix.rowCount): SparseRows {
  const { columnCount, values: dense } = matrix;
  const rowCount = to - from;
  const starts = new Int32Array(rowCount + 1);
  for (let column = 0; column < columnCount; column++) {
    const base = column * matrix.rowCount + from;
    for (let row = 0; row < rowCount; row++) if (dense[base + row] !== 0) starts[row + 1]++;
  }
  for (let row = 0; row < rowCount; row++) starts[row + 1] += starts[row];
  const columns = new Int32Array(starts[rowCount]);
  const values = new Float64Array(starts[rowCount]);
  const next = starts.slice(0, rowCount);
  for (let column = 0; column < columnCount; column++) {
    const base = column * matrix.rowCount + from;
    for (let row = 0; row < rowCount; row++) {
      const value = dense[base + row];
      if (value === 0) continue;
      columns[next[row]] = column;
      values[next[row]++] = value;
    }
  }
  return { rowCount, columnCount, starts, columns, values };
}
