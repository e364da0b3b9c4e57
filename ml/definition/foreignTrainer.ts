import { z } from 'zod';

// A trainer that is not ours: a program that polls a Temporal task queue of its own (docs/trainers.md).

/** What a version's trainer may be called, by whoever brings one: shown in tables, so one short line. */
export const trainerText = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._:+()-]{0,62}$/u,
    'expected a name of at most 63 letters, digits, spaces and . _ : + ( ) -, starting with a letter or digit',
  );

export const foreignTrainer = z.strictObject({
  name: trainerText,
  /** Where its worker polls. */
  taskQueue: z
    .string()
    .regex(/^[\w.:/-]{1,200}$/, 'expected at most 200 letters, digits and . _ : / - without spaces'),
  /** Passed on to it as they are. */
  parameters: z.record(z.string(), z.json()).default({}),
  /** How long nobody may take the work before the candidate is left out. */
  startWithinSeconds: z.number().int().min(1).max(86_400).default(120),
});

export type ForeignTrainer = z.output<typeof foreignTrainer>;
