import { roleNames } from '../../platform/access/roles.ts';
import type { ListSource } from '../listing/ListSource.ts';

/** Every event of the audit log, with how it ended. */
export const auditList: ListSource = {
  name: 'audit events',
  fields: {
    id: { type: 'integer' },
    time: { type: 'time' },
    actor: { type: 'text' },
    role: { type: 'text', values: roleNames, prefix: 'ROLE_', optional: true },
    peer: { type: 'text' },
    method: { type: 'text' },
    target: { type: 'text' },
    outcome: { type: 'text', optional: true },
  },
  order: 'id desc',
  key: ['id'],
  from: `
    select e.id, e.at as time, e.actor, e.role, e.peer, e.method, e.target, e.request, o.code as outcome, o.message, o.before, o.after
    from audit_event e left join audit_outcome o on o.event_id = e.id`,
};
