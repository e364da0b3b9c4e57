export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Of a standard normal variable, 95 % lie within it of 0. */
const Z95 = 1.959963984540054;

/** The 95 % interval of a share by Wilson (1927), which stays within [0, 1] and is sensible for few rows. */
export function wilsonInterval(count: number, rows: number): Interval {
  if (rows === 0) return { low: 0, high: 1 };
  const share = count / rows;
  const squared = (Z95 * Z95) / rows;
  const centre = (share + squared / 2) / (1 + squared);
  const half = (Z95 / (1 + squared)) * Math.sqrt((share * (1 - share)) / rows + squared / (4 * rows));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
