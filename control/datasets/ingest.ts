import { z } from 'zod';
import type { Operation } from '../../platform/grpc/Operation.ts';
import type { IngestAloneInput } from '../../platform/workflowContract.ts';
import { loadProject } from '../../projects/loadProject.ts';
import type { IngestDatasetRequest } from '../../proto/gen/holdfast/v1/dataset.ts';
import type { Run } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { checkStart, startFields } from '../runs/startFields.ts';
import { startRun } from '../runs/startRun.ts';

const request = z.object(startFields);

/**
 * Starts a run that takes data in, or answers the one that runs under the given workflow id.
 * @throws HoldfastError notFound (the model), invalidArgument, conflict (the workflow id is taken by something else),
 *   unavailable where Temporal does not answer
 */
export async function ingest(
  ports: ControlPorts,
  asked: IngestDatasetRequest,
  actor: string,
  operation?: Operation,
): Promise<Run> {
  const { data, workflowId, trigger } = checkStart('The ingestion', request, asked);
  const model = asked.model || ports.defaultModel;
  await loadProject(model);
  const input: IngestAloneInput = { model, trigger: trigger || 'api', actor, ...(data !== '' && { data }) };
  return startRun(ports, { kind: 'ingestDataset', model, workflowId, input, operation });
}
