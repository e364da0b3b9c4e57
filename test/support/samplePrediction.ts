import type { Prediction } from '../../db/predictions/Prediction.ts';
import { uuidv7 } from '../../platform/uuidv7.ts';

/** A plausible row of a spool. */
export const samplePrediction = (changes: Partial<Prediction>): Prediction => ({
  id: uuidv7(),
  instance: 0,
  at: Date.now() - 60_000,
  model: 'churn',
  version: 1,
  unitKey: 'u1',
  kind: 'answer',
  experiment: null,
  arm: null,
  probability: 0.7,
  label: 'Yes',
  threshold: 0.5,
  features: null,
  ...changes,
});
