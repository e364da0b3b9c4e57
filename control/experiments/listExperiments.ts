import { listExperiments as readExperiments } from '../../db/experiments/listExperiments.ts';
import type {
  ListExperimentsRequest,
  ListExperimentsResponse,
} from '../../proto/gen/holdfast/v1/experiment.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from '../models/requireModel.ts';
import { encodeExperiment } from './encodeExperiment.ts';

/** Experiments of one model or of all, newest first. @throws HoldfastError notFound */
export async function listExperiments(
  ports: Pick<ControlPorts, 'database' | 'defaultModel'>,
  request: ListExperimentsRequest,
): Promise<ListExperimentsResponse> {
  const model = request.model === '' ? undefined : await requireModel(ports, request.model);
  const experiments = await readExperiments(ports.database, { model });
  return { experiments: experiments.map(experiment => encodeExperiment(experiment)) };
}
