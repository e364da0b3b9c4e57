import * as fc from 'fast-check';
import type { FeatureMatrix } from '../../../ml/features/FeatureMatrix.ts';

// Small tables for the tree tests, as fast-check draws them: numbers with many ties, flags, levels of a category as
// one-hot columns, and columns that hold one value only. A printed counterexample reads column by column.

export interface DrawnTable {
  readonly matrix: FeatureMatrix;
  readonly labels: Uint8Array;
}

export const matrixOf = (
  columns: readonly ArrayLike<number>[],
  rowCount = columns[0].length,
): FeatureMatrix => {
  const values = new Float32Array(columns.length * rowCount);
  columns.forEach((column, place) => values.set(Array.from(column), place * rowCount));
  return { rowCount, columnCount: columns.length, values };
};

const columnKinds = (rowCount: number): fc.Arbitrary<number[][]> => {
  const column = (value: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
    fc.array(value, { minLength: rowCount, maxLength: rowCount });
  return fc.oneof(
    column(fc.integer({ min: 0, max: 6 })).map(values => [values]),
    column(fc.float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 })).map(values => [values]),
    column(fc.integer({ min: 0, max: 1 })).map((values): number[][] => [values]),
    column(fc.integer({ min: 0, max: 2 })).map(levels =>
      [0, 1, 2].map(level => levels.map(value => (value === level ? 1 : 0))),
    ),
    fc.constant<number[][]>([Array.from({ length: rowCount }, () => 3)]),
  );
};

/** Either label may be absent. */
export const drawnTable = (minimumRows: number, maximumRows: number): fc.Arbitrary<DrawnTable> =>
  fc.integer({ min: minimumRows, max: maximumRows }).chain(rowCount =>
    fc
      .record({
        groups: fc.array(columnKinds(rowCount), { minLength: 1, maxLength: 4 }),
        labels: fc.array(fc.constantFrom(0, 1), { minLength: rowCount, maxLength: rowCount }),
      })
      .map(({ groups, labels }) => ({
        matrix: matrixOf(groups.flat(), rowCount),
        labels: Uint8Array.from(labels),
      })),
  );

export const valueOf = ({ values, rowCount }: FeatureMatrix, row: number, column: number): number =>
  values[column * rowCount + row];
