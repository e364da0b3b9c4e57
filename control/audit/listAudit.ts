import { auditList } from '../../db/audit/auditList.ts';
import { listAuditEvents } from '../../db/audit/listAuditEvents.ts';
import type { AuditEvent } from '../../db/audit/AuditEvent.ts';
import { roleOf } from '../../platform/access/roles.ts';
import { isBelow } from '../../platform/listing/isBelow.ts';
import { readListQuery } from '../../platform/listing/readListQuery.ts';
import type { AuditEvent as Encoded, ListAuditEventsRequest } from '../../proto/gen/holdfast/v1/account.ts';
import type { ListAuditEventsResponse } from '../../proto/gen/holdfast/v1/account.ts';
import type { ControlPorts } from '../ControlPorts.ts';

/** Newest first, unless asked otherwise. @throws HoldfastError invalidArgument (page, filter, order) */
export async function listAudit(
  { database }: Pick<ControlPorts, 'database'>,
  request: ListAuditEventsRequest,
): Promise<ListAuditEventsResponse> {
  const { actor, method, target } = request;
  const query = readListQuery(auditList, request, {
    actor: actor || undefined,
    method: method || undefined,
    target: target === '' ? undefined : isBelow('target', target),
  });
  const { items, nextPageToken } = await listAuditEvents(database, query);
  return { events: items.map(encode), nextPageToken };
}

const encode = ({ id, at, actor, role, peer, method, target, request, outcome }: AuditEvent): Encoded => ({
  id,
  time: at,
  actor,
  role: role === null ? 0 : roleOf(role),
  peer,
  method,
  target,
  request: { ...request },
  outcome: outcome?.code ?? '',
  message: outcome?.message ?? '',
  before: outcome?.before ?? undefined,
  after: outcome?.after ?? undefined,
});
