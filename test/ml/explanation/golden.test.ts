import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { createExactExplainer } from '../../../ml/explanation/createExactExplainer.ts';
import type { Pipeline } from '../../../ml/trainers/Pipeline.ts';
import { assertClose } from '../../support/assertClose.ts';
import { treesModel } from '../../support/plainTrees.ts';
import { readGolden } from '../../support/readGolden.ts';
import { tableOf } from './naiveShapley.ts';

const numbers = z.array(z.number());
const golden = readGolden(
  'explanations',
  z.looseObject({
    base: z.number(),
    baseValue: z.number(),
    trees: z.array(
      z.strictObject({ feature: numbers, threshold: numbers, left: numbers, right: numbers, value: numbers }),
    ),
    reference: numbers,
    rows: z.array(numbers),
    scores: numbers,
    contributions: z.array(numbers),
  }),
);

/** Base and score are float64 on both sides; the contributions differ by the digits of a float32. */
const tolerance = 1e-9;
const contributionTolerance = 1e-7;

describe('TreeSHAP beside the package shap', () => {
  it('gives the contributions of its interventional explainer with one background row', () => {
    const names = golden.reference.map((_, column) => `x${column}`);
    const firstNodes = golden.trees.map((_, tree) =>
      golden.trees.slice(0, tree).reduce((sum, { feature }) => sum + feature.length, 0),
    );
    const shifted = (key: 'left' | 'right') =>
      golden.trees.flatMap((tree, at) => tree[key].map(child => child + firstNodes[at]));
    const pipeline: Pipeline = {
      encoder: {
        inputs: names.map(name => ({ kind: 'number', name, fill: 0 })),
        features: names.map(input => ({ kind: 'number', input, mean: 0, scale: 1 })),
      },
      model: treesModel('logit', golden.base, {
        roots: firstNodes,
        feature: golden.trees.flatMap(({ feature }) => feature),
        threshold: golden.trees.flatMap(({ threshold }) => threshold),
        left: shifted('left'),
        right: shifted('right'),
        value: golden.trees.flatMap(({ value }) => value),
      }),
      calibration: null,
      threshold: 0.5,
      positiveLabel: 'Yes',
      negativeLabel: 'No',
    };
    const rows = [golden.reference, ...golden.rows].map(row =>
      Object.fromEntries(names.map((name, column) => [name, row[column]])),
    );
    const explainer = createExactExplainer(pipeline);
    assert.ok(explainer);
    const found = [...explainer.explain(tableOf(pipeline.encoder.inputs, rows))];
    assert.equal(found.length, golden.contributions.length);
    for (const [row, { base, score, contributions }] of found.entries()) {
      assertClose(base, golden.baseValue, tolerance, 'base');
      assertClose(score, golden.scores[row], tolerance, `score of row ${row}`);
      for (const [column, expected] of golden.contributions[row].entries())
        assertClose(contributions[column], expected, contributionTolerance, `row ${row}, column ${column}`);
    }
  });
});
