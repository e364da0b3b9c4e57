import { defineEntity, p } from '@mikro-orm/core';

/** Table customer: a customer's newest submission, and how many there were. Only insertPredictions writes it. */
export const CustomerEntity = defineEntity({
  name: 'Customer',
  tableName: 'customer',
  properties: {
    model: p.text().primary(),
    unitKey: p.text().primary(),
    submissionCount: p.integer(),
    submittedAt: p.datetime(3),
    predictionId: p.uuid(),
  },
});
