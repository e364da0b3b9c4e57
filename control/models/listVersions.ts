import { listVersions as readVersions } from '../../db/models/listVersions.ts';
import type { ListVersionsRequest, ListVersionsResponse } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeVersion } from './encodeVersion.ts';
import { requireModel } from './requireModel.ts';

/** A model's versions, newest first. @throws HoldfastError notFound */
export async function listVersions(
  ports: ControlPorts,
  request: ListVersionsRequest,
): Promise<ListVersionsResponse> {
  const versions = await readVersions(ports.database, await requireModel(ports, request.model));
  return { versions: versions.map(encodeVersion) };
}
