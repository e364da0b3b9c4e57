import { WorkflowIdConflictPolicy } from '@temporalio/common';
import { z } from 'zod';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { sha256 } from '../../platform/sha256.ts';
import { uploadAddress } from '../../platform/uploads.ts';
import {
  type DataValidation,
  TASK_QUEUE,
  type ValidateDatasetInput,
} from '../../platform/workflowContract.ts';
import { loadProject } from '../../projects/loadProject.ts';
import type { DatasetValidation, ValidateDatasetRequest } from '../../proto/gen/holdfast/v1/dataset.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { checkStart, startFields } from '../runs/startFields.ts';
import { awaitResult } from '../temporal/awaitResult.ts';
import { takeTable } from '../files/takeFile.ts';
import { fileFields } from './fileFields.ts';

const request = z.object({ ...fileFields, data: startFields.data });

const violation = z.object({ row: z.number(), column: z.string(), value: z.string(), rule: z.string() });
const validation: z.ZodType<DataValidation> = z.object({
  digest: z.string(),
  sourceRows: z.number(),
  rows: z.number(),
  quarantined: z.number(),
  reason: z.string().nullable(),
  columns: z.array(z.string()),
  violations: z.array(violation),
  violationCounts: z.array(z.object({ column: z.string(), kind: z.string(), count: z.number() })),
  ignoredColumns: z.array(z.string()),
  profile: z.record(z.string(), z.unknown()).nullable(),
});

/** Of the violations, in an answer. */
const SHOWN = 100;

/**
 * What ingesting a table would say of it, column by column. The workers do it, for they have the data and the code.
 * @throws HoldfastError notFound (the model, the file); invalidArgument (not one source); unavailable where Temporal does not
 *   answer
 */
export async function validate(
  ports: ControlPorts,
  asked: ValidateDatasetRequest,
): Promise<DatasetValidation> {
  const { temporal, artifacts } = ports;
  const { content, digest, fileName, data } = checkStart('The validation', request, asked);
  if ((content.length === 0 && digest === '') === (data === ''))
    throw new HoldfastError(
      'invalidArgument',
      'The validation needs one source: expected either content (the file), digest (of a file that was sent) or data (where the workers find it).',
      { violations: [{ field: 'content', description: 'expected either content, digest or data' }] },
    );
  const model = asked.model || ports.defaultModel;
  await loadProject(model);
  const input: ValidateDatasetInput = {
    model,
    data: data || uploadAddress({ digest: await takeTable(ports, { content, digest }), name: fileName }),
  };
  const handle = await temporal.ask(client =>
    client.workflow.start<(input: ValidateDatasetInput) => Promise<string>>('validateDataset', {
      taskQueue: TASK_QUEUE,
      workflowId: `validate-${model}-${sha256(canonicalJson(input)).slice(0, 16)}`,
      args: [input],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    }),
  );
  const artifact = await awaitResult<string>(temporal, handle, {
    failure: `The data for ${model} could not be validated`,
    work: `The validation for ${model}`,
  });
  return encode(model, validation.parse(JSON.parse(Buffer.from(await artifacts.get(artifact)).toString())));
}

function encode(model: string, found: DataValidation): DatasetValidation {
  const { columns, violations, violationCounts, reason, profile, ignoredColumns, ...counts } = found;
  const wholeRows = violationCounts.some(({ column }) => column === '') ? [''] : [];
  return {
    model,
    ...counts,
    acceptable: reason === null,
    reason: reason ?? '',
    columns: [...columns, ...wholeRows].map(name => {
      const kinds = violationCounts.filter(({ column }) => column === name);
      return {
        name,
        violationCount: kinds.reduce((sum, { count }) => sum + count, 0),
        kinds: Object.fromEntries(kinds.map(({ kind, count }) => [kind, count])),
        example: violations.find(({ column }) => column === name),
      };
    }),
    violations: violations.slice(0, SHOWN).map(each => ({ ...each })),
    ignoredColumns: [...ignoredColumns],
    profile: profile === null ? undefined : { ...profile },
  };
}
