import { listAliasEvents } from '../../db/aliases/listAliasEvents.ts';
import type { HistoryRequest, HistoryResponse } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from './requireModel.ts';

/** Every move of the model's aliases, newest first. @throws HoldfastError notFound */
export async function history(ports: ControlPorts, request: HistoryRequest): Promise<HistoryResponse> {
  const events = await listAliasEvents(ports.database, await requireModel(ports, request.model));
  return {
    events: events.map(({ alias, fromVersion, toVersion, actor, reason, at }) => ({
      alias,
      fromVersion: fromVersion ?? undefined,
      toVersion,
      actor,
      reason,
      time: at,
    })),
  };
}
