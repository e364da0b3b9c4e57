import { listModels as readModels } from '../../db/models/listModels.ts';
import { modelList } from '../../db/models/modelList.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import type { ListModelsRequest, ListModelsResponse } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeModel } from './encodeModel.ts';

/** Models that have a version. @throws HoldfastError invalidArgument (page, filter, order) */
export async function listModels(
  { database }: ControlPorts,
  request: ListModelsRequest,
): Promise<ListModelsResponse> {
  const { items, nextPageToken } = await readModels(database, readListQuery(modelList, request, {}));
  return { models: items.map(encodeModel), nextPageToken };
}
