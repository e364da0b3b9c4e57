import { HoldfastError } from '../../platform/HoldfastError.ts';

/** @param field as `inputs[0].data` */
export const refusal = (field: string, description: string, cause?: unknown): HoldfastError =>
  new HoldfastError('invalidArgument', `${field} ${description}.`, {
    cause,
    violations: [{ field, description }],
  });
