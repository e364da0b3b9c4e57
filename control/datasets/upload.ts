import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Operation } from '../../platform/grpc/Operation.ts';
import { uploadAddress } from '../../platform/uploads.ts';
import type { IngestAloneInput } from '../../platform/workflowContract.ts';
import { loadProject } from '../../projects/loadProject.ts';
import type { UploadDatasetRequest } from '../../proto/gen/holdfast/v1/dataset.ts';
import type { Run } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { checkStart, startFields } from '../runs/startFields.ts';
import { startRun } from '../runs/startRun.ts';
import { takeTable } from '../files/takeFile.ts';
import { fileFields } from './fileFields.ts';

const request = z.object({
  ...fileFields,
  workflowId: startFields.workflowId,
  trigger: startFields.trigger,
});

/**
 * Starts a run that takes a file in that was sent, or answers the one that runs under the given workflow id.
 * @throws HoldfastError notFound (the model), invalidArgument, conflict (the workflow id is taken by something else),
 *   unavailable where Temporal does not answer
 */
export async function upload(
  ports: ControlPorts,
  asked: UploadDatasetRequest,
  actor: string,
  operation?: Operation,
): Promise<Run> {
  const given = checkStart('The upload', request, asked);
  const { content, digest, fileName, workflowId, trigger } = given;
  if (content.length === 0 && digest === '')
    throw new HoldfastError(
      'invalidArgument',
      'The upload cannot be started: content: expected a CSV or Parquet file, got 0 bytes.',
      { violations: [{ field: 'content', description: 'expected a CSV or Parquet file' }] },
    );
  const model = asked.model || ports.defaultModel;
  await loadProject(model);
  const data = uploadAddress({ digest: await takeTable(ports, { content, digest }), name: fileName });
  const input: IngestAloneInput = { model, trigger: trigger || 'api', actor, data };
  return startRun(ports, { kind: 'ingestDataset', model, workflowId, input, operation });
}
