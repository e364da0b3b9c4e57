import { getVersion } from '../../db/models/getVersion.ts';
import type { PromoteRequest, Promotion } from '../../proto/gen/holdfast/v1/model.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { expectUnmoved } from './expectUnmoved.ts';
import { promoteVersion } from './promoteVersion.ts';
import { requireModel } from './requireModel.ts';

/**
 * Makes a version Production and answers when every inference process serves it.
 * @throws HoldfastError notFound, invalidArgument (the version); conflict (another promotion is under way, or the etag is of
 *   before another move);
 *   failedPrecondition (the version could not be loaded; what was is put back)
 */
export async function promote(
  ports: ControlPorts,
  request: PromoteRequest,
  actor: string,
): Promise<Promotion> {
  const model = await requireModel(ports, request.model);
  if (request.version.trim() === '')
    throw new HoldfastError(
      'invalidArgument',
      `version is empty; expected the number of the version of ${model} to promote, or staging.`,
      { violations: [{ field: 'version', description: 'expected a number or an alias' }] },
    );
  const expected = await expectUnmoved(ports, model, request.etag);
  const version = await getVersion(ports.database, model, request.version);
  return promoteVersion(ports, version, { actor, reason: request.reason || 'promoted on request', expected });
}
