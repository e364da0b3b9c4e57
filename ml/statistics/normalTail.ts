/**
 * The chance that a standard normal variable exceeds z. The complementary error function is its continued fraction (Abramowitz
 * and Stegun 7.1.14, by Lentz's method) in the tail, where 1 − Φ would lose all digits, and Φ's series near 0.
 */
export function normalTail(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  if (z < 0) return 1 - normalTail(-z);
  if (z > 40) return 0;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 2) {
    // Φ(z) = ½ + φ(z) × (z + z³/3 + z⁵/(3·5) + …)
    let term = z;
    let sum = z;
    for (let divisor = 3; term > sum * Number.EPSILON; divisor += 2) {
      term *= (z * z) / divisor;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  // Q(z) = φ(z) / (z + 1/(z + 2/(z + 3/(z + …)))), from far enough inside.
  let fraction = z;
  for (let level = 200; level >= 1; level--) fraction = z + level / fraction;
  return density / fraction;
}

/** The chance of a deviation at least as large as z in either direction. */
export const twoSided = (z: number): number => Math.min(1, 2 * normalTail(Math.abs(z)));
