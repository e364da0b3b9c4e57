import { aliasEventList } from '../../db/aliases/aliasEventList.ts';
import { listAliasEventsPage } from '../../db/aliases/listAliasEvents.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import type { HistoryRequest, HistoryResponse } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeAliasEvent } from './encodeAliasEvent.ts';
import { requireModel } from './requireModel.ts';

/** Every move of the model's aliases. @throws HoldfastError notFound; invalidArgument (page, filter, order) */
export async function history(ports: ControlPorts, request: HistoryRequest): Promise<HistoryResponse> {
  const query = readListQuery(aliasEventList, request, { model: await requireModel(ports, request.model) });
  const { items, nextPageToken } = await listAliasEventsPage(ports.database, query);
  return { events: items.map(encodeAliasEvent), nextPageToken };
}
