import { defineEntity, p } from '@mikro-orm/core';

/** Table production_row: a submitted customer with its features, awaiting its outcome. Only insertPredictions writes it. */
export const ProductionRowEntity = defineEntity({
  name: 'ProductionRow',
  tableName: 'production_row',
  properties: {
    predictionId: p.uuid().primary(),
    at: p.datetime(3),
    model: p.text(),
    version: p.integer(),
    unitKey: p.text(),
    experiment: p.text().nullable(),
    arm: p.text().nullable(),
    features: p.json<Readonly<Record<string, unknown>>>().columnType('json'),
    probability: p.double(),
    label: p.text(),
    threshold: p.double(),
  },
});
