import { listVersionsPage } from '../../db/models/listVersions.ts';
import { versionList } from '../../db/models/versionList.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import type { ListVersionsRequest, ListVersionsResponse } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeVersion } from './encodeVersion.ts';
import { requireModel } from './requireModel.ts';

/** A model's versions. @throws HoldfastError notFound; invalidArgument (page, filter, order) */
export async function listVersions(
  ports: ControlPorts,
  request: ListVersionsRequest,
): Promise<ListVersionsResponse> {
  const model = await requireModel(ports, request.model);
  const archived = request.showArchived ? undefined : false;
  const query = readListQuery(versionList, request, { model, archived });
  const { items, nextPageToken } = await listVersionsPage(ports.database, query);
  return { versions: items.map(encodeVersion), nextPageToken };
}
