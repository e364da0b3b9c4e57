import { listDatasetVersions } from '../../db/datasets/listDatasetVersions.ts';
import type { ListDatasetsRequest, ListDatasetsResponse } from '../../proto/gen/holdfast/v1/dataset.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeDataset } from './encodeDataset.ts';

/** Dataset versions, newest first, of one model or of all. */
export async function listDatasets(
  { database }: ControlPorts,
  { model }: ListDatasetsRequest,
): Promise<ListDatasetsResponse> {
  const datasets = await listDatasetVersions(database, model || undefined);
  return { datasets: datasets.map(encodeDataset) };
}
