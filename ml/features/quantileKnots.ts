/**
 * Where a linear model may bend: the inner quantiles 1/(count + 1), 2/(count + 1), … of a number's training values, each an
 * observed value, so that no two knots have the same rows between them. Many equal values give fewer knots; a number of two
 * values gives none, since a straight line fits it already.
 * @param values one a row of the table, NaN where missing: a missing value says nothing of where the data lies
 * @param rows indices of the training part; the order does not matter
 * @param count how many knots at most
 * @returns the knots ascending, each above the lowest and below the highest value
 */
export function quantileKnots(values: Float32Array, rows: Int32Array, count: number): number[] {
  const present = Float32Array.from(rows, row => values[row])
    .filter(value => !Number.isNaN(value))
    .sort();
  const knots = new Set<number>();
  for (let knot = 1; knot <= count; knot++) {
    // Adding 0 turns −0 into 0, so that equal data gives equal bytes.
    const value = present[Math.floor((knot * present.length) / (count + 1))] + 0;
    if (value > present[0] && value < present[present.length - 1]) knots.add(value);
  }
  return [...knots];
}
