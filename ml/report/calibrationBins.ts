import { calibrationBins as binCount } from '../evaluation/calibrationError.ts';
import { wilsonInterval } from '../statistics/wilsonInterval.ts';

export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly meanProbability: number;
  /** Share of positive rows, with its 95 % interval (Wilson). */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** The reliability curve over the bins of the calibration error; empty bins are left out. */
export function calibrationBins(labels: Uint8Array, probabilities: Float64Array): CalibrationBin[] {
  const bins = Array.from({ length: binCount }, () => ({ rows: 0, positives: 0, sum: 0 }));
  for (let row = 0; row < labels.length; row++) {
    const bin = bins[Math.min(Math.floor(probabilities[row] * binCount), binCount - 1)];
    bin.rows++;
    bin.positives += labels[row];
    bin.sum += probabilities[row];
  }
  return bins.flatMap(({ rows, positives, sum }, place) =>
    rows === 0
      ? []
      : [
          {
            from: place / binCount,
            to: (place + 1) / binCount,
            rows,
            meanProbability: sum / rows,
            rate: positives / rows,
            ...wilsonInterval(positives, rows),
          },
        ],
  );
}
