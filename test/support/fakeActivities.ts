import type { Activities } from '../../activities/createActivities.ts';
import type { TrainedCandidate } from '../../activities/training/trainCandidate.ts';
import type { MeanSd, Metrics } from '../../ml/evaluation/Metrics.ts';

// Activities without side effects, for tests of what a workflow decides: the real ones run in test/e2e. Each call is noted.

export const metricsWith = (figures: Partial<Metrics> = {}): Metrics => ({
  rocAuc: 0.85,
  averagePrecision: 0.66,
  logLoss: 0.41,
  brier: 0.13,
  calibrationError: 0.02,
  accuracy: 0.8,
  balancedAccuracy: 0.75,
  precision: 0.6,
  recall: 0.7,
  f1: 0.65,
  ...figures,
});

const digest = (letter: string): string => letter.repeat(64);

/** A blend whose cross-validated log-loss is the lowest, by a gain that may be chance. */
export const blendWith = (gain: MeanSd): TrainedCandidate => ({
  trainer: 'blend',
  digest: digest('e'),
  outOfFold: digest('f'),
  metrics: metricsWith(),
  crossValidation: { logLoss: { mean: 0.409, sd: 0.01 }, gain },
  parameters: { trainer: 'blend', weights: { logisticRegression: 0.4, gradientBoosting: 0.6 } },
  seconds: 1,
});

const foreignCandidate = (trainer: string, origin: 'import' | 'task queue') => ({
  trainer,
  digest: digest('c'),
  metrics: metricsWith(),
  crossValidation: {},
  parameters: {
    trainer,
    origin,
    file: { name: 'model.onnx', digest: digest('1'), bytes: 100 },
    producer: 'skl2onnx',
    operatorSets: { 'ai.onnx': 17 },
    calibrated: false,
    latency: { oneRowMs: 0.1, thousandRowsMs: 5 },
    samplesMet: null,
    notes: [],
  },
  seconds: 1,
});

export function fakeActivities(
  overrides: Partial<Activities> = {},
  trainers: readonly string[] = ['logisticRegression', 'gradientBoosting', 'blend'],
) {
  const calls: { name: string; input: unknown }[] = [];
  const defaults: Activities = {
    beginRun: async () => ({
      model: 'churn',
      trigger: 'test',
      definition: digest('d'),
      data: null,
      trainers,
      folds: 5,
      selection: 'logLoss',
      gate: { minimumRocAuc: 0.6, maximumCalibrationError: 0.1, maximumLogLossIncrease: 0 },
    }),
    ingest: async () => ({
      version: 1,
      digest: digest('a'),
      rows: 100,
      quarantined: 0,
      table: digest('b'),
      isNew: true,
    }),
    validateData: async () => digest('9'),
    trainCandidate: async ({ trainer }) => ({
      trainer,
      digest: digest('c'),
      outOfFold: digest('f'),
      metrics: metricsWith(),
      crossValidation: { logLoss: { mean: trainer === 'gradientBoosting' ? 0.41 : 0.42, sd: 0.01 } },
      parameters: {
        trainer: 'logisticRegression',
        parameters: { l2: 1, maximumIterations: 1, tolerance: 1, balanced: false },
        standardise: true,
        splineKnots: null,
        minimumAbsoluteCorrelation: null,
        smote: false,
        calibrate: false,
      },
      seconds: 1,
    }),
    handOver: async ({ trainer }) => ({
      contract: 1,
      model: 'churn',
      trainer,
      dataset: { uri: 'file:///dataset.csv', digest: digest('2'), rows: 80, format: 'csv' },
      folds: { uri: 'file:///folds.csv', digest: digest('3'), count: 5, format: 'csv' },
      columns: [],
      label: { column: 'Churn', positive: 'Yes', negative: 'No' },
      seed: 1,
      parameters: {},
      output: 'file:///output',
    }),
    adoptCandidate: async ({ trainer, seconds }) => ({
      ...foreignCandidate(trainer, 'task queue'),
      outOfFold: digest('f'),
      crossValidation: { logLoss: { mean: 0.405, sd: 0.01 } },
      seconds,
    }),
    blendCandidates: async () => blendWith({ mean: 0.001, sd: 0.01 }),
    registerCandidates: async ({ candidates }) =>
      candidates.map(({ trainer, crossValidation, metrics }, place) => ({
        version: place + 1,
        trainer,
        digest: digest('c'),
        metrics,
        crossValidation,
      })),
    beginImport: async () => ({
      model: 'churn',
      trigger: 'test',
      trainer: 'imported',
      definition: digest('d'),
      data: null,
      gate: { minimumRocAuc: 0.6, maximumCalibrationError: 0.1, maximumLogLossIncrease: 0 },
      input: { file: digest('1') },
    }),
    importFile: async ({ trainer }) => foreignCandidate(trainer, 'import'),
    registerImport: async ({ candidate }) => ({ version: 3, metrics: candidate.metrics, existed: false }),
    productionVersion: async () => null,
    evaluateVersion: async () => ({ metrics: metricsWith(), obstacle: null }),
    verifyArtifact: async () => undefined,
    moveAlias: async () => ({ previousVersion: null, time: '2026-01-01T00:00:00.000Z' }),
    awaitLoaded: async () => 1,
    endRun: async () => undefined,
    unreportedVersions: async () => ({ model: 'churn', versions: [] }),
    reportVersion: async () => undefined,
  };
  const activities = Object.fromEntries(
    Object.entries({ ...defaults, ...overrides }).map(([name, activity]) => [
      name,
      (input: never) => {
        calls.push({ name, input });
        return activity(input);
      },
    ]),
  );
  const inputsOf = (name: keyof Activities): unknown[] =>
    calls.filter(call => call.name === name).map(({ input }) => input);
  return { activities, inputsOf };
}
