import { experimentList } from '../../db/experiments/experimentList.ts';
import { listExperimentsPage } from '../../db/experiments/listExperiments.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import type {
  ListExperimentsRequest,
  ListExperimentsResponse,
} from '../../proto/gen/holdfast/v1/experiment.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from '../models/requireModel.ts';
import { encodeExperiment } from './encodeExperiment.ts';

/** Experiments of one model or of all. @throws HoldfastError notFound; invalidArgument (page, filter, order) */
export async function listExperiments(
  ports: Pick<ControlPorts, 'database' | 'defaultModel'>,
  request: ListExperimentsRequest,
): Promise<ListExperimentsResponse> {
  const model = request.model === '' ? undefined : await requireModel(ports, request.model);
  const query = readListQuery(experimentList, request, { model });
  const { items, nextPageToken } = await listExperimentsPage(ports.database, query);
  return { experiments: items.map(experiment => encodeExperiment(experiment)), nextPageToken };
}
