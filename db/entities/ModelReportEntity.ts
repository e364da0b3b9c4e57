import { defineEntity, p } from '@mikro-orm/core';

/** Table model_report: the artifacts that are a version's report. */
export const ModelReportEntity = defineEntity({
  name: 'ModelReport',
  tableName: 'model_report',
  properties: {
    model: p.text().primary(),
    version: p.integer().primary(),
    format: p.integer(),
    jsonDigest: p.text(),
    htmlDigest: p.text(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
});
