import { z } from 'zod';
import type { IngestAloneInput } from '../../platform/workflowContract.ts';
import { parseWorkflowInput } from './parseWorkflowInput.ts';

const schema = z.strictObject({
  model: z.string().min(1).optional(),
  data: z.string().min(1).optional(),
  trigger: z.string().min(1).max(200).optional(),
  actor: z.string().min(1).max(200).optional(),
});

/** @throws HoldfastError invalidArgument that lists every fault of the workflow's input */
export const ingestDatasetInput = (input: unknown): IngestAloneInput =>
  parseWorkflowInput('ingestDataset', schema, input);
