import { exportPipeline } from '../../ml/onnx/exportPipeline.ts';
import type { ModelMetadata } from '../../ml/onnx/ModelMetadata.ts';
import type { Pipeline } from '../../ml/trainers/Pipeline.ts';
import { sha256 } from '../../platform/sha256.ts';

// A hand-made model of five columns with every rule that a column may have. `shift` moves the score, so that the answers of
// two versions can be told apart.

export interface SmallModel {
  readonly pipeline: Pipeline;
  readonly metadata: ModelMetadata;
  readonly bytes: Uint8Array;
  readonly digest: string;
}

export function smallModel({ model = 'churn', shift = 0 } = {}): SmallModel {
  const pipeline: Pipeline = {
    encoder: {
      inputs: [
        { kind: 'number', name: 'tenure', fill: 12 },
        { kind: 'number', name: 'charges', fill: 50 },
        { kind: 'category', name: 'contract', fill: 'month', levels: ['month', 'year'] },
        { kind: 'category', name: 'senior', fill: '0', levels: ['0', '1'] },
        { kind: 'category', name: 'region', fill: 'north', levels: ['north', 'south'] },
      ],
      features: [
        { kind: 'number', input: 'tenure', mean: 30, scale: 0.05 },
        { kind: 'number', input: 'charges', mean: 60, scale: 0.02 },
        { kind: 'level', input: 'contract', level: 'month' },
        { kind: 'level', input: 'contract', level: 'year' },
        { kind: 'level', input: 'senior', level: '1' },
        { kind: 'level', input: 'region', level: 'south' },
      ],
    },
    model: {
      kind: 'linear',
      intercept: shift,
      coefficients: Float64Array.of(-0.9, 0.7, 0.5, -0.6, 0.3, 0.2),
    },
    calibration: { slope: 0.9, intercept: 0.1 },
    threshold: 0.4,
    positiveLabel: 'Yes',
    negativeLabel: 'No',
  };
  const metadata: ModelMetadata = {
    format: 1,
    model,
    trainer: 'logisticRegression',
    recipe: 'holdfast',
    seed: 1,
    label: { column: 'churned', positive: 'Yes', negative: 'No' },
    threshold: 0.4,
    id: 'customer',
    inputs: [
      { kind: 'number', name: 'tenure', min: 0, max: 120, integer: true, missing: 'reject' },
      { kind: 'number', name: 'charges', min: 0.1, max: null, integer: false, missing: 'impute' },
      { kind: 'category', name: 'contract', levels: ['month', 'year'], missing: 'reject' },
      { kind: 'category', name: 'senior', levels: ['0', '1'], missing: 'reject' },
      { kind: 'category', name: 'region', levels: ['north', 'south'], missing: 'impute' },
    ],
    datasetDigest: sha256('data'),
    definitionDigest: sha256('definition'),
  };
  const bytes = exportPipeline(pipeline, metadata);
  return { pipeline, metadata, bytes, digest: sha256(bytes) };
}

/** A customer that the model takes. */
export const goodInstance = {
  tenure: 5,
  charges: 70.35,
  contract: 'month',
  senior: '0',
  region: 'south',
} as const;
