import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';

/** Kept with the version and passed on in the run's history. */
const MAXIMUM_ABOUT_BYTES = 16 * 1024;

const file = z.object({
  uri: z
    .string()
    .max(4096)
    .regex(/^file:\/\/\//, 'expected a file: URI'),
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in lower-case hexadecimal'),
});

const schema = z.object({
  onnx: file,
  outOfFold: file,
  about: z
    .record(z.string(), z.json())
    .refine(
      about => Buffer.byteLength(JSON.stringify(about)) <= MAXIMUM_ABOUT_BYTES,
      `expected at most ${MAXIMUM_ABOUT_BYTES} bytes of JSON`,
    )
    .default({}),
});

export type TrainerAnswer = z.output<typeof schema>;

/** @throws HoldfastError invalidArgument that lists every fault of what a trainer returned */
export function trainerAnswer(answer: unknown): TrainerAnswer {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw new HoldfastError(
    'invalidArgument',
    `What the trainer returned is not valid:\n${z.prettifyError(result.error)}\nExpected what docs/trainers.md says: onnx and outOfFold, each with uri and digest.`,
  );
}
