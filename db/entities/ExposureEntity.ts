import { defineEntity, p } from '@mikro-orm/core';

/** Table exposure: the first answer of an experiment's arm to a unit. Only insertPredictions writes it. */
export const ExposureEntity = defineEntity({
  name: 'Exposure',
  tableName: 'exposure',
  properties: {
    model: p.text().primary(),
    experiment: p.text().primary(),
    unitKey: p.text().primary(),
    arm: p.text(),
    version: p.integer(),
    predictionId: p.uuid(),
    at: p.datetime(3),
  },
});
