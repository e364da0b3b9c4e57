import { changeExperiment } from '../../db/experiments/changeExperiment.ts';
import type { Experiment, StopExperimentRequest } from '../../proto/gen/holdfast/v1/experiment.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from '../models/requireModel.ts';
import { encodeExperiment } from './encodeExperiment.ts';

/** Ends an experiment for good. @throws HoldfastError notFound; failedPrecondition where it has stopped already */
export async function stopExperiment(
  ports: Pick<ControlPorts, 'database' | 'defaultModel'>,
  { model, name, reason }: StopExperimentRequest,
  actor: string,
): Promise<Experiment> {
  const stopped = await changeExperiment(ports.database, {
    model: await requireModel(ports, model),
    name,
    kind: 'stop',
    actor,
    reason,
    allocate: ({ allocation }) => allocation,
  });
  return encodeExperiment(stopped);
}
