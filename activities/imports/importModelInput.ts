import { z } from 'zod';
import { trainerText } from '../../ml/definition/foreignTrainer.ts';
import type { ImportModelInput } from '../../platform/workflowContract.ts';
import { parseWorkflowInput } from '../runs/parseWorkflowInput.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'expected an artifact digest, 64 hexadecimal digits');

const schema = z.strictObject({
  model: z.string().min(1).optional(),
  file: digest,
  fileName: z.string().max(500).optional(),
  trainer: trainerText.optional(),
  columns: z.array(z.string().min(1)).min(1).optional(),
  threshold: z.number().gt(0).lt(1).optional(),
  samples: digest.optional(),
  samplesName: z.string().max(500).optional(),
  data: z.string().min(1).optional(),
  allowSlow: z.boolean().optional(),
  trigger: z.string().min(1).max(200).optional(),
  actor: z.string().min(1).max(200).optional(),
}) satisfies z.ZodType<ImportModelInput>;

/** @throws HoldfastError invalidArgument that lists every fault of the workflow's input */
export const importModelInput = (input: unknown): ImportModelInput =>
  parseWorkflowInput(
    'importModel',
    schema,
    input,
    'Import with `./holdfast models import FILE.onnx --model NAME`.',
  );
