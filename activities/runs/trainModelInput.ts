import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { TrainModelInput } from '../../platform/workflowContract.ts';

const schema = z.strictObject({
  model: z.string().min(1).optional(),
  data: z.string().min(1).optional(),
  recipe: z.enum(['holdfast', 'original']).optional(),
  trigger: z.string().min(1).max(200).optional(),
});

/** @throws HoldfastError invalidArgument that lists every fault of the workflow's input */
export function trainModelInput(input: unknown): TrainModelInput {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  throw new HoldfastError(
    'invalidArgument',
    `The input of trainModel is not valid:\n${z.prettifyError(result.error)}\nExpected for example {"model":"churn"}, or nothing.`,
    {
      violations: result.error.issues.map(({ path, message }) => ({
        field: path.join('.'),
        description: message,
      })),
    },
  );
}
