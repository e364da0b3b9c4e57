import { requirePredictions } from '../../evaluation/cumulativeCounts.ts';
import type { Calibration } from '../Pipeline.ts';
import { sigmoid } from '../sigmoid.ts';
import { calibrationLogit } from './calibrationLogit.ts';

/**
 * Platt scaling (Platt 1999) on the logits of the probabilities: with his smoothed targets (N₊ + 1) / (N₊ + 2) and
 * 1 / (N₋ + 2), by Newton's method with step halving (Lin, Lin & Weng 2007).
 * @param labels one a row, 0 or 1; rows that the model was not trained on
 * @param probabilities one a row, of label 1
 * @throws RangeError where the lengths differ, there is no row, or a probability is not within [0, 1]
 */
export function fitCalibration(labels: Uint8Array, probabilities: Float64Array): Calibration {
  requirePredictions(labels, probabilities);
  const logits = probabilities.map(calibrationLogit);
  let positives = 0;
  for (const label of labels) positives += label;
  const negatives = labels.length - positives;
  const targets = [1 / (negatives + 2), (positives + 1) / (positives + 2)] as const;

  const lossAt = (slope: number, intercept: number): number => {
    let loss = 0;
    for (let row = 0; row < logits.length; row++) {
      const z = slope * logits[row] + intercept;
      loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - targets[labels[row]] * z;
    }
    return loss;
  };

  let slope = 0;
  let intercept = Math.log((positives + 1) / (negatives + 1));
  let loss = lossAt(slope, intercept);
  for (let iteration = 0; iteration < 100; iteration++) {
    // A little on the diagonal keeps the system solvable where all logits are equal.
    let slopeSlope = 1e-12;
    let slopeIntercept = 0;
    let interceptIntercept = 1e-12;
    let slopeGradient = 0;
    let interceptGradient = 0;
    for (let row = 0; row < logits.length; row++) {
      const logit = logits[row];
      const probability = sigmoid(slope * logit + intercept);
      const residual = probability - targets[labels[row]];
      const curvature = probability * (1 - probability);
      slopeGradient += residual * logit;
      interceptGradient += residual;
      slopeSlope += curvature * logit * logit;
      slopeIntercept += curvature * logit;
      interceptIntercept += curvature;
    }
    if (Math.max(Math.abs(slopeGradient), Math.abs(interceptGradient)) < 1e-9 * logits.length) break;
    const determinant = slopeSlope * interceptIntercept - slopeIntercept * slopeIntercept;
    const slopeStep = (slopeIntercept * interceptGradient - interceptIntercept * slopeGradient) / determinant;
    const interceptStep = (slopeIntercept * slopeGradient - slopeSlope * interceptGradient) / determinant;
    const decline = slopeGradient * slopeStep + interceptGradient * interceptStep;
    let length = 1;
    let trial = lossAt(slope + slopeStep, intercept + interceptStep);
    while (!(trial <= loss + 1e-4 * length * decline) && length > 1e-10) {
      length /= 2;
      trial = lossAt(slope + length * slopeStep, intercept + length * interceptStep);
    }
    // No step lowers the loss any more: the minimum, as far as float64 shows it.
    if (!(trial < loss)) break;
    slope += length * slopeStep;
    intercept += length * interceptStep;
    loss = trial;
  }
  return { slope, intercept };
}
