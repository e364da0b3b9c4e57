// Drawn rows of both classes in one float64: positives in the lower 26 bits, negatives above them. Sums of such numbers are
// exact, and one addition in the hot loop counts both. A forest may hold up to 2^26 rows.

export const MAXIMUM_ROWS = 2 ** 26;

export const packCount = (label: number, draws: number): number =>
  label === 1 ? draws : draws * MAXIMUM_ROWS;
export const negativesOf = (packed: number): number => Math.floor(packed / MAXIMUM_ROWS);
export const positivesOf = (packed: number): number => packed - negativesOf(packed) * MAXIMUM_ROWS;
