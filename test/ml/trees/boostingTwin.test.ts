import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import type { TreesModel } from '../../../ml/trainers/FittedModel.ts';
import { fitGradientBoosting } from '../../../ml/trainers/gradientBoosting/fitGradientBoosting.ts';
import type { GradientBoostingParameters } from '../../../ml/trainers/Recipe.ts';
import { plainTrees } from '../../support/plainTrees.ts';
import { type DrawnTable, drawnTable, valueOf } from './drawnTables.ts';

// A naive twin of boosting: for every node of every tree it tries every cut of every column on plain float64 derivatives
// of all rows, and holds that the kernel's cut is as good as the best, that what it left alone had to be, and that it took the
// leaves in the order of their gain. It compares gains, not cuts, because equal cuts are many in small tables.

/** The kernel's derivatives have 24 bits: with at most 40 rows and leaves of hessian 1e-3 on, what they move stays below. */
const GAIN_TOLERANCE = 1e-4;

interface Derivatives {
  readonly gradients: readonly number[];
  readonly hessians: readonly number[];
}

const sumOf = (values: readonly number[], rows: readonly number[]): number =>
  rows.reduce((sum, row) => sum + values[row], 0);

function derivativesOf({ labels }: DrawnTable, scores: readonly number[], balanced: boolean): Derivatives {
  const positives = labels.filter(label => label === 1).length;
  const weightOf = (label: number): number =>
    balanced && positives > 0 && positives < labels.length
      ? labels.length / (2 * (label === 1 ? positives : labels.length - positives))
      : 1;
  const shares = scores.map(score => 1 / (1 + Math.exp(-score)));
  return {
    gradients: shares.map((share, row) => weightOf(labels[row]) * (share - labels[row])),
    hessians: shares.map((share, row) => weightOf(labels[row]) * share * (1 - share)),
  };
}

/** The gain of parting rows, or null where the rules forbid it. */
function gainOf(
  left: readonly number[],
  right: readonly number[],
  { gradients, hessians }: Derivatives,
  { l2, minimumSamplesLeaf }: GradientBoostingParameters,
  floor: number,
): number | null {
  if (Math.min(left.length, right.length) < minimumSamplesLeaf) return null;
  if (Math.min(sumOf(hessians, left), sumOf(hessians, right)) < floor) return null;
  const score = (rows: readonly number[]): number =>
    sumOf(gradients, rows) ** 2 / (sumOf(hessians, rows) + l2);
  return score(left) + score(right) - score([...left, ...right]);
}

function bestGain(
  { matrix }: DrawnTable,
  rows: readonly number[],
  derivatives: Derivatives,
  parameters: GradientBoostingParameters,
): number {
  let best = 0;
  for (let column = 0; column < matrix.columnCount; column++)
    for (const cut of new Set(rows.map(row => valueOf(matrix, row, column)))) {
      const left = rows.filter(row => valueOf(matrix, row, column) <= cut);
      const right = rows.filter(row => valueOf(matrix, row, column) > cut);
      // A hair above the kernel's own floor: on the border, rounding decides.
      best = Math.max(best, gainOf(left, right, derivatives, parameters, 1e-3 + 1e-5) ?? 0);
    }
  return best;
}

function checkTree(
  table: DrawnTable,
  model: TreesModel,
  tree: number,
  derivatives: Derivatives,
  parameters: GradientBoostingParameters,
): Map<number, number> {
  const { roots, feature, threshold, left, right, value } = plainTrees(model);
  const valueOfRow = new Map<number, number>();
  const leaves: { readonly node: number; readonly gain: number }[] = [];
  const splits: { readonly node: number; readonly gain: number }[] = [];
  const maximumDepth = parameters.maximumDepth ?? Number.POSITIVE_INFINITY;
  const visit = (node: number, rows: readonly number[], depth: number): void => {
    const best = depth < maximumDepth ? bestGain(table, rows, derivatives, parameters) : 0;
    if (feature[node] === -1) {
      const gradient = sumOf(derivatives.gradients, rows);
      const hessian = sumOf(derivatives.hessians, rows);
      const expected = (-parameters.learningRate * gradient) / (hessian + parameters.l2);
      assert.ok(Math.abs(value[node] - expected) < 1e-3 * Math.max(1, Math.abs(expected)), `leaf ${node}`);
      for (const row of rows) valueOfRow.set(row, value[node]);
      leaves.push({ node, gain: best });
      return;
    }
    assert.ok(depth < maximumDepth, `node ${node} is too deep`);
    const goesLeft = (row: number): boolean => valueOf(table.matrix, row, feature[node]) <= threshold[node];
    const sides = [rows.filter(goesLeft), rows.filter(row => !goesLeft(row))];
    const gain = gainOf(sides[0], sides[1], derivatives, parameters, 1e-3 - 1e-5);
    assert.ok(gain !== null, `node ${node} is split against the rules`);
    assert.ok(gain >= best - GAIN_TOLERANCE * Math.max(1, best), `node ${node} gains ${gain} of ${best}`);
    splits.push({ node, gain });
    visit(left[node], sides[0], depth + 1);
    visit(right[node], sides[1], depth + 1);
  };
  visit(roots[tree], [...table.labels.keys()], 0);

  assert.ok(leaves.length <= parameters.maximumLeaves);
  // The children made last belong to the split made last: nothing that was open then may have gained more.
  const children = (node: number): number => Math.max(left[node], right[node]);
  const last = splits.reduce((latest, split) =>
    children(split.node) > children(latest.node) ? split : latest,
  );
  for (const { node, gain } of leaves) {
    if (leaves.length < parameters.maximumLeaves)
      assert.ok(gain < GAIN_TOLERANCE, `leaf ${node} could have gained ${gain}`);
    else if (node !== left[last.node] && node !== right[last.node])
      assert.ok(
        gain <= last.gain + GAIN_TOLERANCE * Math.max(1, gain),
        `leaf ${node} should have come first`,
      );
  }
  return valueOfRow;
}

const drawnParameters: fc.Arbitrary<GradientBoostingParameters> = fc.record({
  maximumIterations: fc.integer({ min: 1, max: 4 }),
  learningRate: fc.constantFrom(0.1, 0.5, 1),
  maximumLeaves: fc.integer({ min: 2, max: 9 }),
  maximumDepth: fc.constantFrom(null, null, 1, 2, 3),
  minimumSamplesLeaf: fc.integer({ min: 1, max: 5 }),
  l2: fc.constantFrom(0, 0.1, 1),
  maximumBins: fc.constant(255),
  validationShare: fc.constant(null),
  patience: fc.constant(10),
  balanced: fc.boolean(),
});

describe('fitGradientBoosting and its naive twin', () => {
  it('agree on every cut, leaf and order', () => {
    fc.assert(
      fc.property(drawnTable(2, 40), drawnParameters, (table, parameters) => {
        const model = fitGradientBoosting(table.matrix, table.labels, parameters, 1);
        const rows = [...table.labels.keys()];
        const scores = rows.map(() => model.base);
        if (model.feature.length === 1) {
          const derivatives = derivativesOf(table, scores, parameters.balanced);
          assert.ok(bestGain(table, rows, derivatives, parameters) < GAIN_TOLERANCE, 'a gain was left');
          return;
        }
        for (let tree = 0; tree < model.roots.length; tree++) {
          const derivatives = derivativesOf(table, scores, parameters.balanced);
          const values = checkTree(table, model, tree, derivatives, parameters);
          for (const row of rows) scores[row] += values.get(row) ?? Number.NaN;
        }
      }),
      { numRuns: 300 },
    );
  });
});
