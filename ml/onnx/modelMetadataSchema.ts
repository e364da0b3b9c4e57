import { z } from 'zod';
import { offerDefinition } from '../definition/ProjectDefinition.ts';
import { trainerText } from '../definition/foreignTrainer.ts';
import type { ModelMetadata } from './ModelMetadata.ts';

// ModelMetadata as a check, for bytes that came from elsewhere. The type says what the fields mean.

const missing = z.enum(['reject', 'impute']);

/** Key of the ONNX metadata_props entry that holds the JSON. */
export const METADATA_KEY = 'holdfast';

export const modelMetadataSchema = z.strictObject({
  format: z.literal(1),
  model: z.string().min(1),
  trainer: trainerText,
  recipe: z.string().min(1),
  seed: z.number().int().min(0),
  label: z.strictObject({
    column: z.string().min(1),
    positive: z.string().min(1),
    negative: z.string().min(1),
  }),
  threshold: z.number().min(0).max(1),
  offer: offerDefinition.optional(),
  id: z.string().min(1).nullable(),
  inputs: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('number'),
          name: z.string().min(1),
          min: z.number().nullable(),
          max: z.number().nullable(),
          integer: z.boolean(),
          missing,
          typical: z.number().optional(),
        }),
        z.strictObject({
          kind: z.literal('category'),
          name: z.string().min(1),
          levels: z.array(z.string().min(1)),
          missing,
          typical: z.string().optional(),
        }),
      ]),
    )
    .min(1),
  datasetDigest: z.string(),
  definitionDigest: z.string(),
}) satisfies z.ZodType<ModelMetadata>;
