import { z } from 'zod';
import { benchedTrainers } from './benchedTrainers.ts';

// What one fit is, in a form that both sides read: where its numbers lie, and the model by both sides' names.

export const fitJobSchema = z.object({
  name: z.string(),
  trainer: z.enum(benchedTrainers),
  /**
   * Column-major float32: the training rows' matrix, then the evaluated rows'; then one byte a label, in the same order.
   */
  file: z.string(),
  columnCount: z.number().int(),
  trainRows: z.number().int(),
  evaluateRows: z.number().int(),
  smote: z.boolean(),
  /** Arguments of scikit-learn's estimator. */
  scikitLearn: z.record(z.string(), z.unknown()),
});

export type FitJob = z.infer<typeof fitJobSchema>;
