import { z } from 'zod';
import type { Operation } from '../../platform/grpc/Operation.ts';
import type { TrainModelInput } from '../../platform/workflowContract.ts';
import { loadProject } from '../../projects/loadProject.ts';
import type { Run, StartTrainingRequest } from '../../proto/gen/holdfast/v1/run.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { checkStart, startFields } from './startFields.ts';
import { startRun } from './startRun.ts';

const request = z.object({
  ...startFields,
  recipe: z.enum(['', 'holdfast', 'original'], 'expected holdfast or original'),
});

/**
 * Starts a training run, or answers the one that runs under the given workflow id.
 * @throws HoldfastError notFound (the model), invalidArgument, conflict (the workflow id is taken by something else),
 *   unavailable where Temporal does not answer
 */
export async function startTraining(
  ports: ControlPorts,
  asked: StartTrainingRequest,
  actor: string,
  operation?: Operation,
): Promise<Run> {
  const { data, recipe, workflowId, trigger } = checkStart('The training run', request, asked);
  const model = asked.model || ports.defaultModel;
  // An unknown model, or a definition with a mistake in it, is told before anything starts.
  await loadProject(model);
  const input: TrainModelInput = {
    model,
    trigger: trigger || 'api',
    actor,
    ...(data !== '' && { data }),
    ...(recipe !== '' && { recipe }),
  };
  return startRun(ports, { kind: 'trainModel', model, workflowId, input, operation });
}
