import { archiveVersion, unarchiveVersion } from '../../db/models/archiveVersion.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ArchiveRequest, ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeVersion } from './encodeVersion.ts';
import { requireModel } from './requireModel.ts';

/**
 * Takes a version out of the lists; its files stay.
 * @throws HoldfastError notFound, invalidArgument (the version); failedPrecondition where it is in use
 */
export async function archive(
  ports: ControlPorts,
  request: ArchiveRequest,
  actor: string,
): Promise<ModelVersion> {
  const model = await requireModel(ports, request.model);
  const { reason } = request;
  const version = readNumber(request);
  return encodeVersion(await archiveVersion(ports.database, { model, version, actor, reason }));
}

/** Takes an archived version back. @throws HoldfastError notFound, invalidArgument (the version) */
export async function unarchive(ports: ControlPorts, request: ArchiveRequest): Promise<ModelVersion> {
  const model = await requireModel(ports, request.model);
  return encodeVersion(await unarchiveVersion(ports.database, { model, version: readNumber(request) }));
}

function readNumber({ version }: ArchiveRequest): number {
  if (/^[1-9]\d{0,8}$/.test(version.trim())) return Number(version);
  throw new HoldfastError(
    'invalidArgument',
    `version is ${JSON.stringify(version)}; expected a version's number.`,
    { violations: [{ field: 'version', description: 'expected a number from 1' }] },
  );
}
