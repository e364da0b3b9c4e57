import { defineEntity, p } from '@mikro-orm/core';

/** Table idempotency_key: what was asked under a key, and what the answer was. Only db/idempotency writes it. */
export const IdempotencyKeyEntity = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_key',
  properties: {
    caller: p.text().primary(),
    key: p.text().primary(),
    method: p.text(),
    requestDigest: p.text(),
    firstAt: p.datetime(3),
    claim: p.uuid(),
    claimedUntil: p.datetime(3),
    response: p.blob().nullable(),
  },
});
