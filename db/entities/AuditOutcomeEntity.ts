import { defineEntity, p } from '@mikro-orm/core';

/** Table audit_outcome: how what audit_event says ended; append-only. Only control writes it. */
export const AuditOutcomeEntity = defineEntity({
  name: 'AuditOutcome',
  tableName: 'audit_outcome',
  properties: {
    eventId: p.bigint('string').primary(),
    at: p.datetime(3).defaultRaw('clock_timestamp()'),
    code: p.text(),
    message: p.text(),
    before: p.json<Readonly<Record<string, unknown>>>().columnType('json').nullable(),
    after: p.json<Readonly<Record<string, unknown>>>().columnType('json').nullable(),
  },
});
