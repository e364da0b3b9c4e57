import type { FeatureMatrix } from '../../ml/features/FeatureMatrix.ts';

/** A feature matrix from rows written out. */
export const matrixOf = (rows: readonly (readonly number[])[]): FeatureMatrix => {
  const rowCount = rows.length;
  const columnCount = rows[0]?.length ?? 0;
  const values = new Float32Array(rowCount * columnCount);
  for (const [row, cells] of rows.entries())
    for (const [column, cell] of cells.entries()) values[column * rowCount + row] = cell;
  return { rowCount, columnCount, values };
};
