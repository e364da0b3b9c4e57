import type { Calibration } from '../Pipeline.ts';
import { sigmoid } from '../sigmoid.ts';
import { calibrationLogit } from './calibrationLogit.ts';

/** @returns sigmoid(slope × logit(p) + intercept), one a probability; the very same array without a calibration */
export const applyCalibration = (
  calibration: Calibration | null,
  probabilities: Float64Array,
): Float64Array =>
  calibration === null
    ? probabilities
    : probabilities.map(probability =>
        sigmoid(calibration.slope * calibrationLogit(probability) + calibration.intercept),
      );
