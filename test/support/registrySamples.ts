import type { Database } from '../../db/Database.ts';
import { recordDatasetVersion, type NewDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import type { DatasetVersion } from '../../db/datasets/DatasetVersion.ts';
import type { ModelVersion } from '../../db/models/ModelVersion.ts';
import { type NewVersion, registerVersions } from '../../db/models/registerVersions.ts';
import { attachDataset } from '../../db/runs/attachDataset.ts';
import { type NewRun, startRun } from '../../db/runs/startRun.ts';
import { sha256 } from '../../platform/sha256.ts';

// Plausible rows of the registry, for tests that need some to be there.

export const sampleDataset = (changes: Partial<NewDatasetVersion> = {}): NewDatasetVersion => ({
  model: 'churn',
  digest: sha256('bytes'),
  schemaDigest: sha256('schema'),
  tableDigest: sha256('table'),
  sourceArtifact: sha256('bytes'),
  source: 'telco.csv',
  sourceRows: 100,
  rows: 98,
  quarantined: 2,
  quarantineFile: 'quarantine/telco.csv',
  schema: { tenure: 'number', Contract: 'category' },
  profile: { rows: 98 },
  violations: [
    { row: 3, column: 'tenure', value: '-1', rule: 'at least 0' },
    { row: 9, column: 'Contract', value: '', rule: 'not missing' },
  ],
  ...changes,
});

export const sampleRun = (changes: Partial<NewRun> = {}): NewRun => ({
  id: 'run-1',
  workflowId: 'train-churn',
  model: 'churn',
  trigger: 'test',
  input: { model: 'churn' },
  definition: { name: 'churn' },
  definitionDigest: sha256('definition'),
  seed: 1,
  ...changes,
});

export const sampleCandidate = (trainer: string, changes: Partial<NewVersion> = {}): NewVersion => ({
  trainer,
  digest: sha256(`model file of ${trainer}`),
  threshold: 0.5,
  metrics: {
    rocAuc: 0.85,
    averagePrecision: 0.66,
    logLoss: 0.41,
    brier: 0.13,
    calibrationError: 0.02,
    accuracy: 0.8,
    balancedAccuracy: 0.72,
    precision: 0.66,
    recall: 0.55,
    f1: 0.6,
  },
  crossValidation: { logLoss: { mean: 0.415, sd: 0.01 }, rocAuc: { mean: 0.846, sd: 0.012 } },
  signature: { inputs: [{ name: 'tenure', kind: 'number' }] },
  parameters: { l2: 1 },
  seconds: 1.5,
  ...changes,
});

export async function recordRun(database: Database, model = 'churn', id = 'run-1'): Promise<DatasetVersion> {
  const dataset = await recordDatasetVersion(database, sampleDataset({ model }));
  await startRun(database, sampleRun({ id, model }));
  await attachDataset(database, id, dataset.id);
  return dataset;
}

/** One run that registered so many versions: 1, 2, … */
export async function registerSamples(
  database: Database,
  count: number,
  model = 'churn',
  changes: Partial<NewVersion> = {},
): Promise<ModelVersion[]> {
  const id = `run-of-${model}`;
  await recordRun(database, model, id);
  return registerVersions(
    database,
    id,
    Array.from({ length: count }, (_, index) => sampleCandidate(`trainer${index + 1}`, changes)),
  );
}
