import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { exportPipeline } from '../../../ml/onnx/exportPipeline.ts';
import { readMetadata } from '../../../ml/onnx/readMetadata.ts';
import type { FittedModel } from '../../../ml/trainers/FittedModel.ts';
import type { Pipeline } from '../../../ml/trainers/Pipeline.ts';
import { treesModel } from '../../support/plainTrees.ts';
import { metadataOf, naiveProbability, type Row } from './handmade.ts';
import { pipeline, rowFor } from './pipelines.ts';
import { runModel } from './runModel.ts';

/** Float32 arithmetic against float64: what the main job promises of every row. */
const TOLERANCE = 1e-5;

const linear: FittedModel = { kind: 'linear', intercept: 0.25, coefficients: Float64Array.of(2, -1, 0.5) };

const hand: Pipeline = {
  encoder: {
    inputs: [
      { kind: 'number', name: 'tenure', fill: 4 },
      { kind: 'category', name: 'contract', fill: 'b', levels: ['a', 'b'] },
      { kind: 'category', name: 'unused', fill: 'a', levels: ['a'] },
    ],
    features: [
      { kind: 'level', input: 'contract', level: 'b' },
      { kind: 'number', input: 'tenure', mean: 2, scale: 0.5 },
      { kind: 'level', input: 'contract', level: 'a' },
    ],
  },
  model: linear,
  calibration: null,
  threshold: 0.5,
  positiveLabel: 'Yes',
  negativeLabel: 'No',
};

/** One leaf that every row reaches. */
const leaf = (aggregate: 'logit' | 'probability', value: number): FittedModel =>
  treesModel(aggregate, 0, {
    roots: [0],
    feature: [-1],
    threshold: [0],
    left: [0],
    right: [0],
    value: [value],
  });

const score = (given: Pipeline, rows: readonly Row[]) =>
  runModel(exportPipeline(given, metadataOf(given)), given.encoder.inputs, rows);

describe('exportPipeline', () => {
  it('answers what was computed by hand', async () => {
    const rows = [
      { tenure: 6, contract: 'a', unused: 'a' }, // z = .25 − 1 × (6 − 2) × .5 + .5 = −1.25
      { tenure: Number.NaN, contract: '', unused: '' }, // z = .25 + 2 − 1 × (4 − 2) × .5 = 1.25
      { tenure: 2, contract: 'never met', unused: 'x' }, // z = .25
    ];
    const { labels, both } = await score(hand, rows);
    assert.deepEqual(labels, ['No', 'Yes', 'Yes']);
    const expected = [-1.25, 1.25, 0.25].flatMap(z => [1 / (1 + Math.exp(z)), 1 / (1 + Math.exp(-z))]);
    for (const [index, p] of expected.entries()) assert.ok(Math.abs(both[index] - p) < 1e-6, String(both));
  });

  it('agrees with the naive twin on random pipelines and rows', async () => {
    const samples = pipeline.chain(sample =>
      fc.tuple(fc.constant(sample), fc.array(rowFor(sample.encoder.inputs), { maxLength: 20 })),
    );
    await fc.assert(
      fc.asyncProperty(samples, async ([sample, rows]) => {
        const { labels, probabilities, both } = await score(sample, rows);
        assert.equal(labels.length, rows.length);
        for (const [index, row] of rows.entries()) {
          const p = naiveProbability(sample, row);
          assert.ok(
            Math.abs(probabilities[index] - p) <= TOLERANCE,
            `row ${index}: ${probabilities[index]}, not ${p}`,
          );
          assert.ok(Math.abs(both[2 * index] - (1 - p)) <= TOLERANCE);
          // The label follows the probability that the file itself answers.
          const reached = probabilities[index] >= Math.fround(sample.threshold);
          assert.equal(labels[index], reached ? sample.positiveLabel : sample.negativeLabel);
        }
      }),
      { numRuns: 300 },
    );
  });

  const certain: readonly { of: string; model: FittedModel }[] = [
    { of: 'a logit far above the clip', model: leaf('logit', 80) },
    { of: 'a logit far below the clip', model: leaf('logit', -80) },
    { of: 'a probability of 1', model: leaf('probability', 1) },
    { of: 'a probability of 0', model: leaf('probability', 0) },
    { of: 'a probability that float32 can hardly tell from 1', model: leaf('probability', 1 - 3e-7) },
    { of: 'a probability near 0', model: leaf('probability', 3e-7) },
  ];
  for (const { of, model } of certain)
    for (const calibration of [null, { slope: 0.3, intercept: -0.2 }, { slope: 2, intercept: 4 }])
      it(`clips as the kernel does: ${of}, ${calibration === null ? 'not calibrated' : `slope ${calibration.slope}`}`, async () => {
        const certainly = { ...hand, model, calibration };
        const row = { tenure: 1, contract: 'a', unused: 'a' };
        const [p] = (await score(certainly, [row])).probabilities;
        assert.ok(Math.abs(p - naiveProbability(certainly, row)) <= TOLERANCE, String(p));
      });

  it('compares with the threshold as a float32, equal counting as reached', async () => {
    const atThreshold = { ...hand, model: leaf('probability', 0.3), threshold: 0.3 };
    const { labels } = await score(atThreshold, [{ tenure: 1, contract: 'a', unused: 'a' }]);
    assert.deepEqual(labels, ['Yes']);
  });

  it('takes no rows', async () => {
    const { labels, both } = await score(hand, []);
    assert.deepEqual({ labels, both }, { labels: [], both: [] });
  });

  it('gives the same bytes for the same pipeline, however the metadata was put together', () => {
    const metadata = metadataOf(hand);
    const { format, model, ...rest } = metadata;
    const turned = { ...rest, model, format };
    assert.deepEqual(exportPipeline(hand, turned), exportPipeline(hand, metadata));
  });

  it('lets readMetadata find what went in', () => {
    const metadata = metadataOf(hand);
    assert.deepEqual(readMetadata(exportPipeline(hand, metadata)), metadata);
  });

  const refused: readonly { of: string; pipeline: Pipeline; told?: Partial<Pipeline>; message: RegExp }[] = [
    {
      of: 'another threshold in the metadata',
      pipeline: hand,
      told: { threshold: 0.4 },
      message: /threshold is 0\.4, but the pipeline's is 0\.5/,
    },
    {
      of: 'other inputs in the metadata',
      pipeline: hand,
      told: { encoder: { inputs: hand.encoder.inputs.slice(1), features: [] } },
      message: /inputs is \[\["contract","category"\].*must be equal/,
    },
    {
      of: 'too few coefficients',
      pipeline: { ...hand, model: { ...linear, coefficients: Float64Array.of(1, 2) } },
      message: /coefficients counts 2, expected 3/,
    },
    {
      of: 'a weight that is not finite',
      pipeline: { ...hand, model: { ...linear, coefficients: Float64Array.of(1, Number.NaN, 2) } },
      message: /coefficients holds NaN at 1/,
    },
    {
      of: 'a weight beyond float32',
      pipeline: { ...hand, model: { ...linear, intercept: 1e300 } },
      message: /intercept holds 1e\+300/,
    },
    {
      of: 'a feature of an unknown input',
      pipeline: {
        ...hand,
        encoder: { ...hand.encoder, features: [{ kind: 'level', input: 'other', level: 'a' }] },
        model: { ...linear, coefficients: Float64Array.of(1) },
      },
      message: /the input "other" as a category, but the encoder has no such input/,
    },
    {
      of: 'a number read as a category',
      pipeline: {
        ...hand,
        encoder: { ...hand.encoder, features: [{ kind: 'level', input: 'tenure', level: 'a' }] },
        model: { ...linear, coefficients: Float64Array.of(1) },
      },
      message: /the input "tenure" as a category, but the encoder has it as a number/,
    },
    {
      of: 'a column that bears an output’s name',
      pipeline: { ...hand, encoder: { inputs: [{ kind: 'number', name: 'label', fill: 0 }], features: [] } },
      message: /"label" bears the name of the graph's output/,
    },
    {
      of: 'a perceptron whose layers do not fit',
      pipeline: {
        ...hand,
        model: {
          kind: 'perceptron',
          layers: [{ inputs: 3, outputs: 2, weights: new Float32Array(6), biases: new Float32Array(2) }],
        },
      },
      message: /last layer's outputs counts 2, expected 1/,
    },
    {
      of: 'a tree that splits on a feature that is not there',
      pipeline: {
        ...hand,
        model: treesModel('logit', 0, {
          roots: [0],
          feature: [7, -1, -1],
          threshold: [0, 0, 0],
          left: [1, 0, 0],
          right: [2, 0, 0],
          value: [0, 0, 0],
        }),
      },
      message: /splits on feature 7, but the encoder has 3 features/,
    },
  ];
  for (const { of, pipeline, told = {}, message } of refused)
    it(`refuses ${of}`, () => {
      assert.throws(() => exportPipeline(pipeline, metadataOf({ ...pipeline, ...told })), { message });
    });
});
