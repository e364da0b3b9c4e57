import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { createExactExplainer } from '../../../ml/explanation/createExactExplainer.ts';
import { exportPipeline } from '../../../ml/onnx/exportPipeline.ts';
import { readPipeline } from '../../../ml/onnx/reading/readPipeline.ts';
import { predict } from '../../../ml/trainers/predict.ts';
import type { Pipeline } from '../../../ml/trainers/Pipeline.ts';
import { sigmoid } from '../../../ml/trainers/sigmoid.ts';
import { metadataOf, type Row } from '../onnx/handmade.ts';
import { pipeline as anyPipeline, rowFor } from '../onnx/pipelines.ts';
import { assertClose } from '../../support/assertClose.ts';
import { treesModel } from '../../support/plainTrees.ts';
import { mixed, naiveShapley, rawScore, tableOf } from './naiveShapley.ts';

const tolerance = 1e-5;
const answer = { threshold: 0.5, positiveLabel: 'Yes', negativeLabel: 'No' } as const;

function explain(pipeline: Pipeline, reference: Row, customer: Row) {
  const explainer = createExactExplainer(pipeline);
  assert.ok(explainer);
  const [one, ...more] = explainer.explain(tableOf(pipeline.encoder.inputs, [reference, customer]));
  assert.equal(more.length, 0);
  return { ...one, method: explainer.method, space: explainer.space };
}

/** Calibration takes a probability as within [1e-7, 1 − 1e-7]: beyond, it no longer follows the score. */
const isClipped = ({ calibration }: Pipeline, score: number): boolean =>
  calibration !== null &&
  Math.abs((score - calibration.intercept) / calibration.slope) > Math.log((1 - 1e-7) / 1e-7);

const linear: Pipeline = {
  encoder: {
    inputs: [
      { kind: 'number', name: 'tenure', fill: 10 },
      { kind: 'category', name: 'plan', fill: 'a', levels: ['a', 'b'] },
    ],
    features: [
      { kind: 'number', input: 'tenure', mean: 10, scale: 0.5 },
      { kind: 'level', input: 'plan', level: 'a' },
      { kind: 'hinge', input: 'tenure', knot: 12, scale: 1 },
      { kind: 'level', input: 'plan', level: 'b' },
    ],
  },
  model: { kind: 'linear', intercept: 0.25, coefficients: Float64Array.of(-1, 2, 0.5, -1) },
  calibration: { slope: 2, intercept: -0.5 },
  ...answer,
};

describe('createExactExplainer', () => {
  it('sums the features of a column, hinges and levels, in the calibrated log-odds', () => {
    const found = explain(linear, { tenure: 10, plan: 'a' }, { tenure: 16, plan: 'b' });
    assert.deepEqual([found.method, found.space], ['linear_exact', 'log_odds']);
    // tenure: 2 × (−1 × 3 + .5 × 4); plan: 2 × (−2 − 1); base: 2 × (.25 + 2) − .5
    assert.deepEqual([...found.contributions], [-2, -6]);
    assert.deepEqual([found.base, found.score], [4, -4]);
  });

  it('divides what two columns do together in a tree, and gives a column that no path met nothing', () => {
    const and: Pipeline = {
      encoder: {
        inputs: ['x', 'y', 'z'].map(name => ({ kind: 'number', name, fill: 0 })),
        features: ['x', 'y', 'z'].map(input => ({ kind: 'number', input, mean: 0, scale: 1 })),
      },
      // x > .5 and y > .5 → 1, else 0.
      model: treesModel('logit', -0.5, {
        roots: [0],
        feature: [0, -1, 1, -1, -1],
        threshold: [0.5, 0, 0.5, 0, 0],
        left: [1, 0, 3, 0, 0],
        right: [2, 0, 4, 0, 0],
        value: [0, 0, 0, 0, 1],
      }),
      calibration: null,
      ...answer,
    };
    const found = explain(and, { x: 0, y: 0, z: 0 }, { x: 1, y: 1, z: 1 });
    assert.deepEqual(
      [found.method, found.space, found.base, found.score],
      ['tree_shap', 'log_odds', -0.5, 0.5],
    );
    assert.deepEqual([...found.contributions], [0.5, 0.5, 0]);
    const alone = explain(and, { x: 0, y: 1, z: 0 }, { x: 1, y: 1, z: 1 });
    assert.deepEqual([...alone.contributions], [1, 0, 0]);
  });

  it('is Shapley’s formula over all subsets of columns, adds up to the score, and reads the same from the file', () => {
    const kinds = new Set<string>();
    const cases = anyPipeline
      .filter(({ encoder, model }) => model.kind !== 'perceptron' && encoder.inputs.length <= 7)
      .chain(each => {
        const row = rowFor(each.encoder.inputs);
        return fc.tuple(fc.constant(each), row, row);
      });
    fc.assert(
      fc.property(cases, ([pipeline, reference, customer]) => {
        const { inputs } = pipeline.encoder;
        const found = explain(pipeline, reference, customer);
        kinds.add(`${found.method} ${found.space}`);
        const expected = naiveShapley(inputs.length, members =>
          rawScore(pipeline, mixed(inputs, customer, reference, members)),
        );
        for (const [place, value] of expected.entries())
          assertClose(found.contributions[place], value, tolerance, inputs[place].name);
        assertClose(found.base, rawScore(pipeline, reference), tolerance, 'base');
        const sum = found.contributions.reduce((total, each) => total + each, found.base);
        assertClose(sum, found.score, tolerance, 'sum');
        const [p] = predict(pipeline, tableOf(inputs, [customer]), Int32Array.of(0));
        if (found.space === 'log_odds' && !isClipped(pipeline, found.score))
          assertClose(sigmoid(found.score), p, tolerance, 'probability');
        for (const [place, { name }] of inputs.entries())
          if (Object.is(reference[name], customer[name])) assertClose(found.contributions[place], 0, 0, name);

        if (pipeline.encoder.features.length === 0) return;
        const metadata = metadataOf(pipeline);
        const read = readPipeline(exportPipeline(pipeline, metadata), metadata);
        // A calibration that leaves nothing of the logits cannot be told from its clip, and is sampled.
        if (read === null) return assertClose(pipeline.calibration?.slope ?? 1, 0, 1e-30, 'slope');
        const again = explain(read, reference, customer);
        assert.equal(again.method, found.method);
        // A slope of nearly nothing loses the digits of what it was multiplied with.
        for (const [place, value] of found.contributions.entries())
          assertClose(
            again.contributions[place],
            value,
            1e-4 * Math.max(1, Math.abs(value)),
            'from the file',
          );
      }),
      { numRuns: 300 },
    );
    assert.ok(kinds.size >= 4, [...kinds].join());
  });
});
