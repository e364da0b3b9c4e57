import { defineEntity, p } from '@mikro-orm/core';

/** Table drift_baseline: append-only; the newest of a version counts. Only setBaseline writes it. */
export const DriftBaselineEntity = defineEntity({
  name: 'DriftBaseline',
  tableName: 'drift_baseline',
  properties: {
    model: p.text().primary(),
    version: p.integer().primary(),
    revision: p.integer().primary(),
    datasetVersionId: p.integer(),
    actor: p.text(),
    reason: p.text(),
    at: p.datetime(3),
  },
});
