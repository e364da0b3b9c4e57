import type { Encoder } from '../features/Encoder.ts';
import type { FittedModel } from './FittedModel.ts';

/** Platt scaling: calibrated = sigmoid(slope × logit(p) + intercept), p clipped to [1e-7, 1 − 1e-7] before (Platt 1999). */
export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

/** Everything between a raw row and its label; what one ONNX file holds. */
export interface Pipeline {
  readonly encoder: Encoder;
  readonly model: FittedModel;
  /** Null where calibration did not lower the out-of-fold log-loss. */
  readonly calibration: Calibration | null;
  /** The positive label is answered where p ≥ threshold. */
  readonly threshold: number;
  readonly positiveLabel: string;
  readonly negativeLabel: string;
}
