import { getBaseline as readBaseline } from '../../db/baselines/getBaseline.ts';
import { getVersion } from '../../db/models/getVersion.ts';
import type { Baseline, GetBaselineRequest } from '../../proto/gen/holdfast/v1/monitoring.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from '../models/requireModel.ts';
import { encodeBaseline } from './encodeBaseline.ts';

/** What drift of a version is measured from. @throws HoldfastError notFound, invalidArgument (the version) */
export async function getBaseline(
  ports: Pick<ControlPorts, 'database' | 'defaultModel'>,
  request: GetBaselineRequest,
): Promise<Baseline> {
  const model = await requireModel(ports, request.model);
  const version = await getVersion(ports.database, model, request.version);
  return encodeBaseline(await readBaseline(ports.database, version));
}
