import { getVersion as readVersion } from '../../db/models/getVersion.ts';
import type { GetVersionRequest, ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeVersion } from './encodeVersion.ts';
import { requireModel } from './requireModel.ts';

/** One version by number or alias. @throws HoldfastError notFound; invalidArgument where the version is neither */
export async function getVersion(ports: ControlPorts, request: GetVersionRequest): Promise<ModelVersion> {
  const model = await requireModel(ports, request.model);
  return encodeVersion(await readVersion(ports.database, model, request.version));
}
