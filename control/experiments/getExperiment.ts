import { getExperiment as readExperiment } from '../../db/experiments/getExperiment.ts';
import { countExposures } from '../../db/predictions/countExposures.ts';
import type { Experiment, GetExperimentRequest } from '../../proto/gen/holdfast/v1/experiment.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from '../models/requireModel.ts';
import { encodeExperiment } from './encodeExperiment.ts';

/** One experiment, its history, and how many units each arm was shown to. @throws HoldfastError notFound */
export async function getExperiment(
  ports: Pick<ControlPorts, 'database' | 'defaultModel'>,
  request: GetExperimentRequest,
): Promise<Experiment> {
  const model = await requireModel(ports, request.model);
  const experiment = await readExperiment(ports.database, model, request.name);
  const exposures = await countExposures(ports.database, model, experiment.name);
  return encodeExperiment(experiment, experiment.events, exposures);
}
