import { z } from 'zod';
import { offerDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';

// What the CLI needs of a version's signature: which columns the model takes and of which kind, and what
// an offer costs and brings. The server has the last
// word on every value; this only turns text into what the server expects.

const missing = z.enum(['reject', 'impute']);

const input = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('number'), name: z.string().min(1), integer: z.boolean(), missing }),
  z.object({ kind: z.literal('category'), name: z.string().min(1), missing }),
]);

const signature = z.object({ inputs: z.array(input).min(1), offer: offerDefinition.optional() });

export type ModelInput = z.output<typeof input>;
export type ModelSignature = z.output<typeof signature>;

/** @throws HoldfastError internal where the registry's signature is none. */
export function modelSignature(version: ModelVersion): ModelSignature {
  const result = signature.safeParse(version.signature);
  if (result.success) return result.data;
  throw new HoldfastError(
    'internal',
    `The signature of ${version.model} version ${version.version} cannot be read (${z.prettifyError(result.error)}). Is this command of the same release as the control server?`,
  );
}
