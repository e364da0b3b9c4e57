import { MockActivityEnvironment } from '@temporalio/testing';
import { createUnreportedVersions } from '../../activities/reports/createUnreportedVersions.ts';
import { createReportVersion } from '../../activities/reports/createReportVersion.ts';
import type { Database } from '../../db/Database.ts';
import { recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import { registerVersions } from '../../db/models/registerVersions.ts';
import { attachDataset } from '../../db/runs/attachDataset.ts';
import { startRun } from '../../db/runs/startRun.ts';
import { encodeTable } from '../../ml/dataset/tableCodec.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import { defineProject } from '../../ml/definition/defineProject.ts';
import type { ReportedVersion } from '../../ml/report/ModelReport.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import type { ArtifactStore } from '../../platform/ArtifactStore.ts';
import type { ReportVersionsInput } from '../../platform/workflowContract.ts';
import { runDefinition } from '../../projects/runDefinition.ts';
import { collectLogs } from './collectLogs.ts';
import { sampleCandidate, sampleDataset, sampleRun } from './registrySamples.ts';
import { type SmallModel, smallModel } from './smallModel.ts';

// The small model registered as a run would: its definition, its table (drawn so that the model is nearly right) and its file are
// artifacts. One level's name is markup, which no page may take for its own.

export const hostileLevel = '<script>alert(1)</script>';

export const smallDefinition = defineProject({
  name: 'churn',
  title: 'Small & "quoted" <b>churn</b>',
  id: 'customer',
  label: { column: 'churned', positive: 'Yes', negative: 'No' },
  columns: {
    tenure: { kind: 'number', min: 0, max: 120, integer: true },
    charges: { kind: 'number', min: 0.1, missing: 'impute' },
    contract: { kind: 'category' },
    senior: { kind: 'category' },
    region: { kind: 'category', missing: 'impute' },
  },
  offer: { cost: 10, customerValue: 100, successRate: 0.5 },
});

/** What a registry might know of the small model. */
export const reportedSample: ReportedVersion = {
  model: 'churn',
  version: 1,
  trainer: 'logisticRegression',
  digest: 'a'.repeat(64),
  createTime: '2026-01-02T03:04:05.678Z',
  crossValidation: { rocAuc: { mean: 0.8, sd: 0.01 }, gain: { mean: 0.001, sd: 0.001 } },
  parameters: { trainer: 'logisticRegression', parameters: { l2: 1 } },
  trainingSeconds: 1.5,
  lineage: {
    runId: 'run-1',
    workflowId: 'train-churn',
    trigger: 'test',
    definitionDigest: 'b'.repeat(64),
    dataset: {
      version: 1,
      digest: 'c'.repeat(64),
      tableDigest: 'd'.repeat(64),
      source: 'telco.csv',
      rows: 800,
      quarantined: 2,
    },
  },
};

export function smallTable(rowCount = 800): Table {
  const random = createRandom(9);
  const tenure = Float32Array.from({ length: rowCount }, () => random.below(100));
  const charges = Float32Array.from({ length: rowCount }, () =>
    random.next() < 0.05 ? Number.NaN : 0.5 + 120 * random.next(),
  );
  const contract = Int32Array.from({ length: rowCount }, () => random.below(2));
  const senior = Int32Array.from({ length: rowCount }, () => random.below(2));
  const region = Int32Array.from({ length: rowCount }, () => random.below(4) - 1);
  const labels = Uint8Array.from({ length: rowCount }, (_, row) => {
    const fee = Number.isNaN(charges[row]) ? 50 : charges[row];
    const logit =
      -0.9 * 0.05 * (tenure[row] - 30) + 0.7 * 0.02 * (fee - 60) + (contract[row] === 0 ? 0.5 : -0.6);
    return random.next() < 1 / (1 + Math.exp(-(0.9 * logit + 0.1))) ? 1 : 0;
  });
  return {
    rowCount,
    labels,
    columns: [
      { kind: 'number', name: 'tenure', values: tenure },
      { kind: 'number', name: 'charges', values: charges },
      { kind: 'category', name: 'contract', levels: ['month', 'year'], codes: contract },
      { kind: 'category', name: 'senior', levels: ['0', '1'], codes: senior },
      { kind: 'category', name: 'region', levels: [hostileLevel, 'north', 'south'], codes: region },
    ],
  };
}

interface World {
  readonly database: Database;
  readonly artifacts: ArtifactStore;
}

/** Registers version 1 of churn. @returns its model file */
export async function registerSmallVersion({ database, artifacts }: World): Promise<SmallModel> {
  const model = smallModel();
  const { offer } = smallDefinition;
  const { text, digest: definitionDigest } = runDefinition(smallDefinition);
  await artifacts.put(Buffer.from(text));
  await artifacts.put(model.bytes);
  const table = smallTable();
  const dataset = await recordDatasetVersion(
    database,
    sampleDataset({
      tableDigest: await artifacts.put(encodeTable(table)),
      rows: table.rowCount,
      sourceRows: table.rowCount + 2,
    }),
  );
  await startRun(database, sampleRun({ definition: smallDefinition, definitionDigest }));
  await attachDataset(database, 'run-1', dataset.id);
  const { inputs, label, id, threshold } = model.metadata;
  await registerVersions(database, 'run-1', [
    sampleCandidate('logisticRegression', {
      digest: model.digest,
      threshold,
      signature: { inputs, label, id, offer },
    }),
  ]);
  return model;
}

/** Makes a version's report by the real activity, in its own process. */
export function reportVersion({ database, artifacts }: World, version = 1): Promise<void> {
  const { logger } = collectLogs();
  const activity = createReportVersion({
    database,
    artifacts,
    logger,
    closing: new AbortController().signal,
    track: async () => undefined,
  });
  return new MockActivityEnvironment().run(activity, { model: 'churn', version });
}

/** Which versions the real activity would report. */
export const unreported = ({ database }: World, input: ReportVersionsInput) =>
  createUnreportedVersions({ database, defaultModel: 'churn' })(input);
