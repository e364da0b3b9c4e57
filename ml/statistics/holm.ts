/**
 * Holm's adjusted p-values (1979): below a level, the chance of a single false alarm among all tests is at most that level, however
 * the tests depend on one another.
 * @returns in the order given
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, place) => place).sort((one, other) => pValues[one] - pValues[other]);
  const adjusted = pValues.map(() => 1);
  let highest = 0;
  order.forEach((place, rank) => {
    highest = Math.max(highest, Math.min(1, pValues[place] * (pValues.length - rank)));
    adjusted[place] = highest;
  });
  return adjusted;
}
