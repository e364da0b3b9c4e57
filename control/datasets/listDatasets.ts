import { datasetList } from '../../db/datasets/datasetList.ts';
import { listDatasetVersions } from '../../db/datasets/listDatasetVersions.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import type { ListDatasetsRequest, ListDatasetsResponse } from '../../proto/gen/holdfast/v1/dataset.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeDataset } from './encodeDataset.ts';

/** Dataset versions of one model or of all. @throws HoldfastError invalidArgument (page, filter, order) */
export async function listDatasets(
  { database }: ControlPorts,
  request: ListDatasetsRequest,
): Promise<ListDatasetsResponse> {
  const query = readListQuery(datasetList, request, { model: request.model || undefined });
  const { items, nextPageToken } = await listDatasetVersions(database, query);
  return { datasets: items.map(encodeDataset), nextPageToken };
}
