// The upper tail of the chi-squared distribution, computed as such: 1 − the lower one would lose small probabilities.

const PRECISION = 1e-15;
const MAXIMUM_TERMS = 10_000;

/**
 * The probability that a chi-squared variable is at least `value`.
 * @param degreesOfFreedom a whole number from 1
 */
export function chiSquaredTail(value: number, degreesOfFreedom: number): number {
  if (!(value >= 0) || !Number.isInteger(degreesOfFreedom) || degreesOfFreedom < 1)
    throw new RangeError(`no chi-squared tail of ${value} with ${degreesOfFreedom} degrees of freedom`);
  if (value === 0) return 1;
  if (value === Number.POSITIVE_INFINITY) return 0;
  const a = degreesOfFreedom / 2;
  const x = value / 2;
  // x^a e^(−x) / Γ(a): the factor before the series and before the fraction.
  const factor = Math.exp(a * Math.log(x) - x - logGammaOfHalves(degreesOfFreedom));
  return x < a + 1 ? 1 - factor * lowerSeries(a, x) : factor * upperFraction(a, x);
}

/** Σ x^n / (a (a + 1) … (a + n)) */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAXIMUM_TERMS && term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** 1 / (x + 1 − a − 1 (1 − a) / (x + 3 − a − 2 (2 − a) / (x + 5 − a − …))), from the front by Lentz' method */
function upperFraction(a: number, x: number): number {
  let denominator = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / denominator;
  let fraction = d;
  for (let n = 1; n < MAXIMUM_TERMS; n++) {
    const numerator = -n * (n - a);
    denominator += 2;
    d = 1 / (numerator * d + denominator);
    c = denominator + numerator / c;
    const change = c * d;
    fraction *= change;
    if (Math.abs(change - 1) < PRECISION) break;
  }
  return fraction;
}

/** ln Γ(n / 2), from Γ(1/2) = √π or Γ(1) = 1 upwards by Γ(a + 1) = a Γ(a). */
function logGammaOfHalves(n: number): number {
  let sum = n % 2 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let a = n % 2 === 0 ? 1 : 0.5; a < n / 2; a++) sum += Math.log(a);
  return sum;
}
