import { defineEntity, p } from '@mikro-orm/core';
import { roleNames } from '../../platform/access/roles.ts';

/** Table audit_event: append-only. Only control writes it. */
export const AuditEventEntity = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_event',
  properties: {
    id: p.bigint('string').primary().autoincrement(),
    at: p.datetime(3).defaultRaw('clock_timestamp()'),
    actor: p.text(),
    role: p.enum(roleNames).nullable(),
    peer: p.text(),
    method: p.text(),
    target: p.text(),
    request: p.json<Readonly<Record<string, unknown>>>().columnType('json'),
  },
});
