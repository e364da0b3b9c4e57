// Sizes that the perceptron's kernels take: whole tiles of rows and columns.

const ROW_TILE = 4;
const COLUMN_TILE = 8;

/** The next size that both tiles divide. */
export const padded = (size: number): number => Math.ceil(size / COLUMN_TILE) * COLUMN_TILE;
/** The next number of rows that the row tile divides. */
export const paddedRows = (rows: number): number => Math.ceil(rows / ROW_TILE) * ROW_TILE;
