import { listModels as readModels } from '../../db/models/listModels.ts';
import { modelList } from '../../db/models/modelList.ts';
import type { Principal } from '../../platform/access/Principal.ts';
import { isOneOf } from '../../platform/listing/isOneOf.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import type { ListModelsRequest, ListModelsResponse } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeModel } from './encodeModel.ts';

/** Models that have a version, of those that the caller may touch. @throws HoldfastError invalidArgument (page, filter, order) */
export async function listModels(
  { database }: ControlPorts,
  request: ListModelsRequest,
  { models }: Pick<Principal, 'models'>,
): Promise<ListModelsResponse> {
  const query = readListQuery(modelList, request, { name: isOneOf('name', models) });
  const { items, nextPageToken } = await readModels(database, query);
  return { models: items.map(encodeModel), nextPageToken };
}
