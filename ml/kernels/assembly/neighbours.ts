/**
 * Squared Euclidean distances (float64) of one point to `count` points, two at a time; each is summed column after column.
 * @param point float64, one a column
 * @param points float64, column after column, `count` a column; `count` is even
 */
export function squaredDistances(
  point: usize,
  points: usize,
  count: u32,
  columns: u32,
  distances: usize,
): void {
  const bytes = (<usize>count) << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    let sum = f64x2.splat(0);
    let value = points + at;
    let own = point;
    for (let column = columns; column > 0; column--, value += bytes, own += 8) {
      const difference = f64x2.sub(v128.load64_splat(own), v128.load(value));
      sum = f64x2.add(sum, f64x2.mul(difference, difference));
    }
    v128.store(distances + at, sum);
  }
}
