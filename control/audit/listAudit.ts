import { listAuditEvents } from '../../db/audit/listAuditEvents.ts';
import type { AuditEvent } from '../../db/audit/AuditEvent.ts';
import { roleOf } from '../../platform/access/roles.ts';
import type { AuditEvent as Encoded, ListAuditEventsRequest } from '../../proto/gen/holdfast/v1/account.ts';
import type { ListAuditEventsResponse } from '../../proto/gen/holdfast/v1/account.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ControlPorts } from '../ControlPorts.ts';

const PRESET = 50;
const MOST = 1000;

/** Newest first. @throws HoldfastError invalidArgument */
export async function listAudit(
  { database }: Pick<ControlPorts, 'database'>,
  { pageSize, pageToken, actor, method, target }: ListAuditEventsRequest,
): Promise<ListAuditEventsResponse> {
  if (pageSize < 0 || pageSize > MOST) throw fault('page_size', `expected 1 to ${MOST}, got ${pageSize}`);
  if (!/^\d{0,18}$/.test(pageToken))
    throw fault('page_token', 'expected the next_page_token of the answer before');
  const limit = pageSize || PRESET;
  const events = await listAuditEvents(database, {
    actor: actor || undefined,
    method: method || undefined,
    target: target || undefined,
    before: pageToken || undefined,
    limit: limit + 1,
  });
  const shown = events.slice(0, limit);
  return {
    events: shown.map(encode),
    nextPageToken: events.length > limit ? (shown.at(-1)?.id ?? '') : '',
  };
}

const fault = (field: string, description: string): HoldfastError =>
  new HoldfastError('invalidArgument', `${field}: ${description}.`, {
    violations: [{ field, description }],
  });

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
