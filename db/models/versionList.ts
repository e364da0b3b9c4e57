import type { ListField } from '../../platform/listing/ListDeclaration.ts';
import { aliasNames } from '../aliases/Alias.ts';
import type { ListSource } from '../listing/ListSource.ts';

/** The API's names of the metrics, and the registry's. */
const metrics: Readonly<Record<string, string>> = {
  roc_auc: 'rocAuc',
  average_precision: 'averagePrecision',
  log_loss: 'logLoss',
  brier: 'brier',
  calibration_error: 'calibrationError',
  accuracy: 'accuracy',
  balanced_accuracy: 'balancedAccuracy',
  precision: 'precision',
  recall: 'recall',
  f1: 'f1',
};

const metricFields = Object.keys(metrics).map((name): [string, ListField] => [
  `metrics.${name}`,
  { type: 'number' },
]);
const metricColumns = Object.entries(metrics).map(
  ([name, key]) => `(v.metrics ->> '${key}')::double precision as "metrics.${name}"`,
);

/** A model's versions. */
export const versionList: ListSource = {
  name: 'versions',
  fields: {
    model: { type: 'text', hidden: true },
    version: { type: 'integer' },
    trainer: { type: 'text' },
    digest: { type: 'text' },
    aliases: { type: 'texts', values: aliasNames },
    threshold: { type: 'number' },
    run_id: { type: 'text' },
    dataset_version: { type: 'integer' },
    dataset_digest: { type: 'text' },
    definition_digest: { type: 'text' },
    training_seconds: { type: 'number' },
    create_time: { type: 'time' },
    archived: { type: 'boolean' },
    archive_time: { type: 'time', optional: true },
    ...Object.fromEntries(metricFields),
  },
  order: 'version desc',
  key: ['model', 'version'],
  from: `
    select v.id, v.model, v.version, v.trainer, v.digest, v.threshold, v.run_id, v.definition_digest,
      array(select a.alias::text from model_alias a where a.model = v.model and a.version = v.version) as aliases,
      d.version as dataset_version, d.digest as dataset_digest, v.seconds as training_seconds, v.created_at as create_time,
      x.at is not null as archived, x.at as archive_time,
      ${metricColumns.join(', ')}
    from model_version v join dataset_version d on d.id = v.dataset_version_id
      left join archived_version x on x.model = v.model and x.version = v.version`,
};
