import { requirePredictions } from './cumulativeCounts.ts';

export const calibrationBins = 10;

/**
 * Expected calibration error (Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017): over ten bins of equal width, the mean of
 * |mean probability − share of positives|, weighted by the bin's rows. A probability of exactly k / 10 belongs to bin k, and
 * 1 to the last. A perfectly calibrated model does not reach 0 on few rows: the bins' own sampling error stays.
 * @throws RangeError where the lengths differ, there is no row, or a probability is not within [0, 1]
 */
export function calibrationError(labels: Uint8Array, probabilities: Float64Array): number {
  requirePredictions(labels, probabilities);
  const excess = new Float64Array(calibrationBins);
  for (let row = 0; row < labels.length; row++) {
    const bin = Math.min(Math.floor(probabilities[row] * calibrationBins), calibrationBins - 1);
    excess[bin] += probabilities[row] - labels[row];
  }
  let sum = 0;
  for (const difference of excess) sum += Math.abs(difference);
  return sum / labels.length;
}
