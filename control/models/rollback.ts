import { previousProduction } from '../../db/aliases/previousProduction.ts';
import { getVersion } from '../../db/models/getVersion.ts';
import type { Promotion, RollbackRequest } from '../../proto/gen/holdfast/v1/model.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { expectUnmoved } from './expectUnmoved.ts';
import { promoteVersion } from './promoteVersion.ts';
import { requireModel } from './requireModel.ts';

/**
 * Promotes the version that was Production before the present one.
 * @throws HoldfastError notFound; failedPrecondition where there is none before; otherwise as promote
 */
export async function rollback(
  ports: ControlPorts,
  request: RollbackRequest,
  actor: string,
): Promise<Promotion> {
  const model = await requireModel(ports, request.model);
  const expected = await expectUnmoved(ports, model, request.etag);
  const version = await previousProduction(ports.database, model);
  if (version === null)
    throw new HoldfastError(
      'failedPrecondition',
      `There is no version of ${model} to roll back to: no other was Production before. \`./holdfast models history ${model}\` shows what was; promote a version by its number instead.`,
    );
  const target = await getVersion(ports.database, model, version);
  return promoteVersion(ports, target, {
    actor,
    reason: request.reason || 'rolled back on request',
    expected,
  });
}
