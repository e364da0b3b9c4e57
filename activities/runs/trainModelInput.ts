import { z } from 'zod';
import type { TrainModelInput } from '../../platform/workflowContract.ts';
import { parseWorkflowInput } from './parseWorkflowInput.ts';

const schema = z.strictObject({
  model: z.string().min(1).optional(),
  data: z.string().min(1).optional(),
  recipe: z.enum(['holdfast', 'original']).optional(),
  trigger: z.string().min(1).max(200).optional(),
  actor: z.string().min(1).max(200).optional(),
});

/** @throws HoldfastError invalidArgument that lists every fault of the workflow's input */
export const trainModelInput = (input: unknown): TrainModelInput =>
  parseWorkflowInput('trainModel', schema, input);
