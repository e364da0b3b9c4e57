import type { MeanSd } from './Metrics.ts';

/**
 * Mean and sample standard deviation (n − 1), in two passes; a single value has the deviation 0.
 * @throws RangeError where there is no value
 */
export function meanSd(values: readonly number[]): MeanSd {
  if (values.length === 0) throw new RangeError('there is no value to take a mean of; expected at least one');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}
