import { type FieldViolation, HoldfastError } from '../../platform/HoldfastError.ts';

export const invalidExperiment = (
  what: 'started' | 'adjusted',
  violations: readonly FieldViolation[],
): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `The experiment cannot be ${what}: ${violations.map(({ field, description }) => `${field}: ${description}`).join('; ')}.`,
    { violations },
  );
