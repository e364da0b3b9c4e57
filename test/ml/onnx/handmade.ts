import type { Encoder, EncoderInput } from '../../../ml/features/Encoder.ts';
import type { ModelMetadata } from '../../../ml/onnx/ModelMetadata.ts';
import type { FittedModel } from '../../../ml/trainers/FittedModel.ts';
import type { Pipeline } from '../../../ml/trainers/Pipeline.ts';
import { plainTrees } from '../../support/plainTrees.ts';

// A row as a client sends it, and the naive twin of everything between a row and its probability: one row, one feature at a
// time, in float64 after the features, written from the contracts alone.

export type Row = Readonly<Record<string, number | string>>;

export function metadataOf(pipeline: Pipeline, model = 'hand'): ModelMetadata {
  return {
    format: 1,
    model,
    trainer: 'logisticRegression',
    recipe: 'holdfast',
    seed: 1,
    label: { column: 'Churn', positive: pipeline.positiveLabel, negative: pipeline.negativeLabel },
    threshold: pipeline.threshold,
    id: null,
    inputs: pipeline.encoder.inputs.map(input =>
      input.kind === 'number'
        ? { kind: 'number', name: input.name, min: null, max: null, integer: false, missing: 'impute' }
        : { kind: 'category', name: input.name, levels: input.levels, missing: 'impute' },
    ),
    datasetDigest: 'dataset',
    definitionDigest: 'definition',
  };
}

export function naiveProbability({ encoder, model, calibration }: Pipeline, row: Row): number {
  const p = naiveKernel(model, naiveFeatures(encoder, row));
  if (calibration === null) return p;
  const clipped = Math.min(Math.max(p, 1e-7), 1 - 1e-7);
  return sigmoid(calibration.slope * Math.log(clipped / (1 - clipped)) + calibration.intercept);
}

function naiveFeatures(encoder: Encoder, row: Row): number[] {
  const filled = new Map(encoder.inputs.map(input => [input.name, fill(input, row[input.name])]));
  return encoder.features.map(feature => {
    const value = filled.get(feature.input);
    if (feature.kind === 'level') return value === feature.level ? 1 : 0;
    const offset = Math.fround(feature.kind === 'hinge' ? feature.knot : feature.mean);
    const scaled = Math.fround(Math.fround(Number(value) - offset) * Math.fround(feature.scale));
    return feature.kind === 'hinge' ? Math.max(scaled, 0) : scaled;
  });
}

const fill = (input: EncoderInput, value: number | string): number | string => {
  if (input.kind === 'category') return value === '' ? input.fill : value;
  return Number.isNaN(value) ? Math.fround(input.fill) : Math.fround(Number(value));
};

function naiveKernel(model: FittedModel, x: readonly number[]): number {
  if (model.kind === 'linear')
    return sigmoid(x.reduce((sum, value, index) => sum + value * model.coefficients[index], model.intercept));
  if (model.kind === 'trees') {
    const { roots, feature, threshold, left, right, value } = plainTrees(model);
    const leaves = roots.map(root => {
      let node = root;
      while (feature[node] >= 0) node = x[feature[node]] <= threshold[node] ? left[node] : right[node];
      return value[node];
    });
    const sum = leaves.reduce((total, leaf) => total + leaf, 0);
    return model.aggregate === 'logit' ? sigmoid(model.base + sum) : sum / leaves.length;
  }
  let current = [...x];
  for (const [index, layer] of model.layers.entries())
    current = Array.from({ length: layer.outputs }, (_, output) => {
      let sum = layer.biases[output];
      for (const [input, value] of current.entries())
        sum += value * layer.weights[input * layer.outputs + output];
      return index < model.layers.length - 1 ? Math.max(sum, 0) : sum;
    });
  return sigmoid(current[0]);
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
