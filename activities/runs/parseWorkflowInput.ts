import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';

/**
 * What somebody started a workflow with, checked like a request.
 * @throws HoldfastError invalidArgument that lists every fault of the workflow's input
 */
export function parseWorkflowInput<Schema extends z.ZodType>(
  type: string,
  schema: Schema,
  input: unknown,
  remedy = 'Expected for example {"model":"churn"}, or nothing.',
): z.output<Schema> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  throw new HoldfastError(
    'invalidArgument',
    `The input of ${type} is not valid:\n${z.prettifyError(result.error)}\n${remedy}`,
    {
      violations: result.error.issues.map(({ path, message }) => ({
        field: path.join('.'),
        description: message,
      })),
    },
  );
}
