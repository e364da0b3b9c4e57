import { z } from 'zod';
import { metricNames } from '../../../ml/definition/ProjectDefinition.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const metrics = z.object(Object.fromEntries(metricNames.map(name => [name, z.number()])));

/** What `--report` promises. */
export const reportShape = z.object({
  model: z.string(),
  dataset: z.object({ digest, rows: z.number().int(), quarantined: z.number().int() }),
  candidates: z.array(
    z.object({
      trainer: z.string(),
      digest,
      metrics,
      crossValidation: z.record(z.string(), z.object({ mean: z.number(), sd: z.number() })),
      seconds: z.number().positive(),
    }),
  ),
  production: z.object({ version: z.number().int(), trainer: z.string(), digest }),
  prediction: z.object({
    instance: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    probability: z.number().min(0).max(1),
    label: z.string(),
    modelVersion: z.number().int(),
  }),
});

export type Report = z.output<typeof reportShape>;
