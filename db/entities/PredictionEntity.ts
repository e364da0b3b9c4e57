import { defineEntity, p } from '@mikro-orm/core';
import { predictionKinds } from '../predictions/Prediction.ts';

/** Table prediction, a partition a day. Only insertPredictions writes it. */
export const PredictionEntity = defineEntity({
  name: 'Prediction',
  tableName: 'prediction',
  properties: {
    id: p.uuid().primary(),
    instance: p.integer().primary(),
    at: p.datetime(3).primary(),
    model: p.text(),
    version: p.integer(),
    unitKey: p.text().nullable(),
    kind: p.enum(predictionKinds).primary(),
    experiment: p.text().nullable(),
    arm: p.text().nullable(),
    probability: p.double(),
    label: p.text(),
    threshold: p.double(),
  },
});
