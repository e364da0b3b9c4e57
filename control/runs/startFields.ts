import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { type FieldViolation, HoldfastError } from '../../platform/HoldfastError.ts';
import { isS3Uri } from '../../platform/s3Uri.ts';

// What the requests that start runs have in common.

export const startFields = {
  data: z
    .string()
    .refine(
      data => data === '' || isAbsolute(data) || isS3Uri(data),
      'expected an absolute path that the workers can read, or s3://BUCKET/KEY',
    ),
  workflowId: z
    .string()
    .regex(/^[\w.:@/-]{0,200}$/, 'expected at most 200 letters, digits and . _ : @ / - without spaces'),
  trigger: z.string().regex(/^[a-z][a-z0-9-]{0,62}$|^$/, 'expected a lower-case word, as cli or schedule'),
};

/**
 * @param what as a sentence's subject: `The training run`
 * @throws HoldfastError invalidArgument that names every field at fault, by its name in the proto
 */
export function checkStart<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  asked: object,
): z.output<Schema> {
  const result = schema.safeParse(asked);
  if (result.success) return result.data;
  const violations: FieldViolation[] = result.error.issues.map(({ path, message }) => {
    const key = String(path[0]);
    const value = Reflect.get(asked, key) as unknown;
    return {
      field: key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
      description: `${message}, got ${value instanceof Uint8Array ? `${value.length} bytes` : JSON.stringify(value)}`,
    };
  });
  throw new HoldfastError(
    'invalidArgument',
    `${what} cannot be started: ${violations.map(({ field, description }) => `${field}: ${description}`).join('; ')}.`,
    { violations },
  );
}
