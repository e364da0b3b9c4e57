import { productionAfter } from '../../db/aliases/productionAfter.ts';
import { productionAt } from '../../db/aliases/productionAt.ts';
import { getVersion } from '../../db/models/getVersion.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { GetProductionAtRequest, ProductionAt } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeAliasEvent } from './encodeAliasEvent.ts';
import { encodeVersion } from './encodeVersion.ts';
import { requireModel } from './requireModel.ts';

/**
 * The version that was Production at a moment, and the move that had put it there.
 * @throws HoldfastError notFound (the model, or nothing was Production then); invalidArgument (a time to come)
 */
export async function getProductionAt(
  ports: ControlPorts,
  request: GetProductionAtRequest,
): Promise<ProductionAt> {
  const { database } = ports;
  const model = await requireModel(ports, request.model);
  const now = new Date();
  const time = request.time ?? now;
  // Another machine's clock may be ahead of ours.
  if (time.getTime() > now.getTime() + 60_000)
    throw new HoldfastError(
      'invalidArgument',
      `time is ${time.toISOString()}, which is yet to come; expected a time until now, ${now.toISOString()}.`,
      { violations: [{ field: 'time', description: 'expected a time until now' }] },
    );
  const event = await productionAt(database, model, time);
  if (event === null) {
    const first = await productionAfter(database, { model, revision: 0 });
    throw new HoldfastError(
      'notFound',
      `No version of ${model} was Production at ${time.toISOString()}: ${first === null ? 'none ever was' : `the first became it at ${first.at.toISOString()}`}.`,
    );
  }
  const next = await productionAfter(database, event);
  return {
    model,
    time,
    version: encodeVersion(await getVersion(database, model, event.toVersion)),
    event: encodeAliasEvent(event),
    endTime: next?.at,
  };
}
