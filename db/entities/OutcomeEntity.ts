import { defineEntity, p } from '@mikro-orm/core';

/** Table outcome: append-only; of a customer or of a prediction. Only recordOutcomes writes it. */
export const OutcomeEntity = defineEntity({
  name: 'Outcome',
  tableName: 'outcome',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    model: p.text(),
    unitKey: p.text().nullable(),
    predictionId: p.uuid().nullable(),
    instance: p.integer().nullable(),
    /** 1, 2, … of the customer, or of the prediction. */
    revision: p.integer(),
    outcome: p.text(),
    positive: p.boolean(),
    observedAt: p.datetime(3),
    recordedAt: p.datetime(3),
    actor: p.text(),
  },
});
