import { WorkflowIdConflictPolicy } from '@temporalio/common';
import { z } from 'zod';
import { getVersion } from '../../db/models/getVersion.ts';
import { trainerText } from '../../ml/definition/foreignTrainer.ts';
import { canonicalJson } from '../../platform/canonicalJson.ts';
import { type FieldViolation, HoldfastError } from '../../platform/HoldfastError.ts';
import { MAXIMUM_FILE_BYTES } from '../../platform/maximumFileBytes.ts';
import { sha256 } from '../../platform/sha256.ts';
import {
  type ImportModelInput,
  type ImportModelResult,
  TASK_QUEUE,
} from '../../platform/workflowContract.ts';
import { loadProject } from '../../projects/loadProject.ts';
import type { ImportedVersion, ImportVersionRequest } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { takeFile } from '../files/takeFile.ts';
import { startFields } from '../runs/startFields.ts';
import { awaitResult } from '../temporal/awaitResult.ts';
import { encodeVersion } from './encodeVersion.ts';

const MAXIMUM_SAMPLES_BYTES = 16 * 1024 * 1024;

const bytes = (most: number) =>
  z.instanceof(Uint8Array).refine(content => content.length <= most, `expected at most ${most} bytes`);

const requested = z.object({
  content: bytes(MAXIMUM_FILE_BYTES),
  digest: z.string(),
  fileName: z.string().max(500),
  trainer: z.union([z.literal(''), trainerText]),
  columns: z.array(z.string().min(1, 'expected a column’s name')),
  threshold: z.number().gt(0).lt(1).optional(),
  samples: bytes(MAXIMUM_SAMPLES_BYTES),
  samplesDigest: z.string(),
  samplesName: z.string().max(500),
  data: startFields.data,
  allowSlow: z.boolean(),
  trigger: z.string().regex(/^[a-z][a-z0-9-]{0,62}$|^$/, 'expected a lower-case word, as cli or api'),
});

const withFile = requested.refine(({ content, digest }) => content.length > 0 || digest !== '', {
  path: ['content'],
  message: 'expected the ONNX file, or the digest of one that was sent',
});

const notes = z.object({ notes: z.array(z.string()) }).catch({ notes: [] });

/**
 * Takes a model file that was made elsewhere, and answers the version that it became once every check has passed.
 * @throws HoldfastError notFound (the model's definition), invalidArgument (the request, or why the file is not taken),
 *   unavailable where Temporal does not answer
 */
export async function importVersion(
  ports: ControlPorts,
  asked: ImportVersionRequest,
  actor: string,
): Promise<ImportedVersion> {
  const { temporal, database } = ports;
  const { content, digest, samples, samplesDigest, ...rest } = checkRequest(asked);
  const model = asked.model || ports.defaultModel;
  await loadProject(model);
  const input: ImportModelInput = {
    model,
    file: await takeFile(ports, { content, digest, field: 'digest', maximumBytes: MAXIMUM_FILE_BYTES }),
    trigger: rest.trigger || 'api',
    ...(rest.fileName !== '' && { fileName: rest.fileName }),
    ...(rest.trainer !== '' && { trainer: rest.trainer }),
    ...(rest.columns.length > 0 && { columns: rest.columns }),
    ...(rest.threshold !== undefined && { threshold: rest.threshold }),
    ...((samples.length > 0 || samplesDigest !== '') && {
      samples: await takeFile(ports, {
        content: samples,
        digest: samplesDigest,
        field: 'samples_digest',
        maximumBytes: MAXIMUM_SAMPLES_BYTES,
      }),
    }),
    ...(rest.samplesName !== '' && { samplesName: rest.samplesName }),
    ...(rest.data !== '' && { data: rest.data }),
    ...(rest.allowSlow && { allowSlow: true }),
  };
  // The same file asked for in the same way while it is under way is the same import, whoever asks.
  const workflowId = `import-${model}-${sha256(canonicalJson(input)).slice(0, 16)}`;
  const handle = await temporal.ask(client =>
    client.workflow.start<(input: ImportModelInput) => Promise<ImportModelResult>>('importModel', {
      taskQueue: TASK_QUEUE,
      workflowId,
      args: [{ ...input, actor }],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    }),
  );
  const result = await awaitResult<ImportModelResult>(temporal, handle, {
    failure: `The file did not become a version of ${model}`,
    work: `The import for ${model}`,
  });
  const version = await getVersion(database, model, result.version);
  return {
    version: encodeVersion(version),
    gate: [...result.gate],
    notes: notes.parse(version.parameters).notes,
    existed: result.existed,
    runId: result.runId,
  };
}

function checkRequest(asked: ImportVersionRequest): z.output<typeof requested> {
  const result = withFile.safeParse(asked);
  if (result.success) return result.data;
  const violations: FieldViolation[] = result.error.issues.map(({ path, message }) => ({
    field: path.join('.').replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
    description: message,
  }));
  throw new HoldfastError(
    'invalidArgument',
    `The file cannot be imported: ${violations.map(({ field, description }) => `${field}: ${description}`).join('; ')}.`,
    { violations },
  );
}
