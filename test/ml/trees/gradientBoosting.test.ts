import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { stratifiedHoldout } from '../../../ml/dataset/stratifiedSample.ts';
import { deriveSeed } from '../../../ml/random/deriveSeed.ts';
import { fitGradientBoosting } from '../../../ml/trainers/gradientBoosting/fitGradientBoosting.ts';
import { meanLogLoss } from '../../../ml/trainers/gradientBoosting/meanLogLoss.ts';
import { addTreeScores } from '../../../ml/trainers/trees/addTreeScores.ts';
import { scoreTrees } from '../../../ml/trainers/trees/scoreTrees.ts';
import { selectRows } from '../../../ml/trainers/trees/selectRows.ts';
import type { GradientBoostingParameters } from '../../../ml/trainers/Recipe.ts';
import { plainTrees } from '../../support/plainTrees.ts';
import { matrixOf } from './drawnTables.ts';
import { noisyTable } from './noisyTable.ts';

const plain: GradientBoostingParameters = {
  maximumIterations: 1,
  learningRate: 1,
  maximumLeaves: 31,
  maximumDepth: null,
  minimumSamplesLeaf: 1,
  l2: 0,
  maximumBins: 255,
  validationShare: null,
  patience: 10,
  balanced: false,
};
const fit = (
  columns: readonly ArrayLike<number>[],
  labels: readonly number[],
  parameters: Partial<GradientBoostingParameters> = {},
) =>
  fitGradientBoosting(
    matrixOf(columns, labels.length),
    Uint8Array.from(labels),
    { ...plain, ...parameters },
    1,
  );

/** Runs of equal values, each as [how many, which]. */
const repeat = (...runs: readonly (readonly [number, number])[]): number[] =>
  runs.flatMap(([count, value]) => Array.from({ length: count }, () => value));

/** Leaf values come from derivatives with 24 bits. */
const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

describe('fitGradientBoosting, by hand', () => {
  it('makes one split of two pure halves', () => {
    // p = ½ everywhere: g = ±½, h = ¼; a half's Newton step is ∓(2 × ½) / (2 × ¼) = ∓2.
    const model = fit([[1, 2, 3, 4]], [0, 0, 1, 1]);
    assert.deepEqual([model.aggregate, model.base], ['logit', 0]);
    assert.deepEqual(plainTrees(model), {
      roots: [0],
      feature: [0, -1, -1],
      threshold: [2.5, 0, 0],
      left: [1, 0, 0],
      right: [2, 0, 0],
      value: [0, -2, 2],
    });
  });

  it('shrinks leaves by the learning rate and the penalty', () => {
    // ∓.1 × 1 / (½ + ½)
    assert.deepEqual(
      plainTrees(fit([[1, 2, 3, 4]], [0, 0, 1, 1], { learningRate: 0.1, l2: 0.5 })).value,
      [0, -0.1, 0.1],
    );
  });

  it('takes the balanced prior and weights where asked to', () => {
    // n / (2 × n of class): ⅔ for each of three negatives, 2 for the one positive; p = ½.
    const model = fit([[1, 2, 3, 4]], [0, 0, 0, 1], { balanced: true });
    assert.equal(model.base, 0);
    near(model.value[1], -2);
    near(model.value[2], 2);
    near(fit([[1, 2, 3, 4]], [0, 0, 0, 1]).base, Math.log(1 / 3));
  });

  it('splits the leaf that gains most next, and no more than allowed', () => {
    // Feature 0 parts 12 rows (10 negative) from 14 (10 positive), feature 1 the left side's two positives, feature 2 the
    // right side's four negatives. With p = 6/13 the gains Σ g² / Σ h are: first 7.8 against 2.5 and 4.1, then 6.7 on the
    // left and 11.5 on the right.
    const columns = [repeat([12, 0], [14, 1]), repeat([10, 0], [2, 1], [14, 0]), repeat([22, 0], [4, 1])];
    const labels = repeat([10, 0], [12, 1], [4, 0]);
    const features = (parameters: Partial<GradientBoostingParameters>): number[] => [
      ...fit(columns, labels, parameters).feature,
    ];
    assert.deepEqual(features({ maximumLeaves: 1 }), [-1]);
    assert.deepEqual(features({ maximumLeaves: 2 }), [0, -1, -1]);
    assert.deepEqual(features({ maximumDepth: 1 }), [0, -1, -1]);
    assert.deepEqual(features({ maximumLeaves: 3 }), [0, -1, 2, -1, -1]);
    assert.deepEqual(features({ maximumLeaves: 4 }), [0, 1, 2, -1, -1, -1, -1]);
  });

  it('keeps leaves as large as asked for', () => {
    const model = fit([[1, 2, 3, 4, 5, 6]], [1, 0, 0, 0, 0, 0], { minimumSamplesLeaf: 3 });
    assert.deepEqual(plainTrees(model).threshold, [3.5, 0, 0]);
    assert.equal(fit([[1, 2, 3, 4, 5, 6]], [1, 0, 0, 0, 0, 0], { minimumSamplesLeaf: 4 }).feature.length, 1);
  });

  it('stops where no split gains anything', () => {
    // An exclusive-or has no first split that helps.
    const model = fit(
      [
        [0, 0, 1, 1],
        [0, 1, 0, 1],
      ],
      [0, 1, 1, 0],
      { maximumIterations: 50 },
    );
    assert.deepEqual([[...model.roots], [...model.feature], [...model.value]], [[0], [-1], [0]]);
  });

  it('takes the first of equal features', () => {
    assert.equal(
      fit(
        [
          [1, 1, 1, 1],
          [4, 3, 2, 1],
          [1, 2, 3, 4],
        ],
        [0, 0, 1, 1],
      ).feature[0],
      1,
    );
    assert.equal(
      fit(
        [
          [1, 1, 1, 1],
          [0, 0, 1, 1],
          [1, 1, 0, 0],
          [0, 0, 1, 1],
        ],
        [0, 0, 1, 1],
      ).feature[0],
      1,
    );
  });

  it('does not take the rounding of a gain for a gain', () => {
    // Every leaf is pure after the first split; the sums of equal shares of a third differ in the last bit.
    for (let rows = 4; rows < 60; rows++) {
      const column = Array.from({ length: rows }, (_, row) => row);
      const model = fit(
        [column],
        column.map(row => (row < rows / 3 ? 1 : 0)),
      );
      assert.equal(model.feature.length, 3, `${rows} rows`);
    }
  });

  for (const [name, column] of [
    ['a flag', [0, 0, 0, 0, 1, 1]],
    ['a flag turned round', [1, 1, 1, 1, 0, 0]],
    ['a number', [1, 2, 1, 2, 3, 3]],
    ['a number turned round', [3, 2, 3, 2, 1, 1]],
  ] as const)
    it(`leaves a side of ${name} alone whose hessian is next to nothing`, () => {
      // A Newton step adds about 1 to the last two rows' log-odds: after 8 their h, 2 e^-8, is below 1e-3, though the node's
      // stays above.
      const model = fit([column], [0, 0, 1, 1, 1, 1], { maximumIterations: 1000 });
      assert.ok(model.roots.length >= 6 && model.roots.length <= 10, `${model.roots.length} trees`);
      const scores = scoreTrees(model, matrixOf([column]));
      assert.ok(scores[5] > 1 - 1e-3 && scores[0] < 0.6, scores.join());
    });
});

describe('fitGradientBoosting, degenerate tables', () => {
  const many = { ...plain, maximumIterations: 20, validationShare: 0.2 };
  for (const [name, columns, labels, expected] of [
    ['one row', [[1]], [1], 1],
    ['one class, negative', [[1, 2, 3, 4, 5]], [0, 0, 0, 0, 0], 0],
    ['one class, positive', [[1, 2, 3, 4, 5]], [1, 1, 1, 1, 1], 1],
    [
      'constant features',
      [
        [0, 0, 0, 0],
        [7, 7, 7, 7],
      ],
      [0, 0, 0, 1],
      0.25,
    ],
    ['no columns', [], [0, 1, 0, 0], 0.25],
  ] as const)
    for (const balanced of [false, true])
      it(`answers a constant for ${name}${balanced ? ', balanced' : ''}`, () => {
        const matrix = matrixOf(columns, labels.length);
        // Without early stopping: a validation part of three rows has another prior.
        const model = fitGradientBoosting(
          matrix,
          Uint8Array.from(labels),
          { ...many, balanced, validationShare: null },
          1,
        );
        const both = new Set<number>(labels).size === 2;
        for (const probability of scoreTrees(model, matrix))
          near(probability, balanced && both ? 0.5 : expected);
        assert.equal(model.roots.length, 1);
      });

  it('learns from two rows', () => {
    const [low, high] = scoreTrees(fit([[1, 2]], [0, 1], { maximumIterations: 9 }), matrixOf([[1, 2]]));
    assert.ok(low < 0.01 && high > 0.99, `${low}, ${high}`);
  });

  it('takes more leaves than rows, and early stopping on a handful of rows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        (labels, seed) => {
          const matrix = matrixOf([labels.map((_, row) => row)], labels.length);
          const model = fitGradientBoosting(
            matrix,
            Uint8Array.from(labels),
            { ...many, maximumLeaves: 1000 },
            seed,
          );
          assert.ok(scoreTrees(model, matrix).every(probability => probability >= 0 && probability <= 1));
        },
      ),
    );
  });

  for (const [wrong, message] of [
    [{ maximumIterations: 0 }, /maximumIterations is 0/],
    [{ maximumLeaves: 1.5 }, /maximumLeaves is 1.5/],
    [{ maximumDepth: 0 }, /maximumDepth is 0/],
    [{ minimumSamplesLeaf: -1 }, /minimumSamplesLeaf is -1/],
    [{ learningRate: 0 }, /learningRate is 0/],
    [{ l2: -1 }, /l2 is -1/],
    [{ maximumBins: 1 }, /maximumBins is 1/],
    [{ patience: 0 }, /patience is 0/],
  ] as const)
    it(`refuses ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => fit([[1, 2]], [0, 1], wrong), { name: 'RangeError', message });
    });

  it('refuses an empty table and labels of another length', () => {
    assert.throws(() => fit([[]], []), /0 labels for 0 rows/);
    assert.throws(
      () => fitGradientBoosting(matrixOf([[1, 2]]), Uint8Array.of(1), plain, 1),
      /1 labels for 2 rows/,
    );
  });
});

describe('fitGradientBoosting, early stopping', () => {
  const parameters = { ...plain, maximumIterations: 200, learningRate: 0.2, maximumLeaves: 8, patience: 7 };
  const { matrix, labels } = noisyTable(600, 3);

  for (const balanced of [false, true])
    it(`keeps the trees of the lowest validation loss${balanced ? ', weighted' : ''}`, () => {
      const seed = 5;
      let rounds = 0;
      const model = fitGradientBoosting(
        matrix,
        labels,
        { ...parameters, balanced, validationShare: 0.25 },
        seed,
        () => {
          rounds += 1;
        },
      );
      assert.equal(rounds, model.roots.length + parameters.patience);

      const rows = stratifiedHoldout(labels, 0.25, deriveSeed(seed, 'validation'));
      const take = (chosen: Int32Array): Uint8Array => Uint8Array.from(chosen, row => labels[row]);
      const all = fitGradientBoosting(
        selectRows(matrix, rows.fit),
        take(rows.fit),
        { ...parameters, maximumIterations: 60, balanced: false },
        seed,
      );
      const positives = labels.filter(label => label === 1).length;
      const weights: [number, number] = balanced
        ? [labels.length / 2 / (labels.length - positives), labels.length / 2 / positives]
        : [1, 1];
      const held = selectRows(matrix, rows.validation);
      const scores = new Float64Array(held.rowCount).fill(model.base);
      const losses = [meanLogLoss(scores, take(rows.validation), weights)];
      for (const root of model.roots) {
        addTreeScores({ ...model, roots: Int32Array.of(root) }, held, scores);
        losses.push(meanLogLoss(scores, take(rows.validation), weights));
      }
      assert.ok(model.roots.length > 5 && model.roots.length < 200, `${model.roots.length} trees`);
      assert.equal(losses.indexOf(Math.min(...losses)), model.roots.length);
      if (!balanced) {
        // What was forgotten: the rounds after the best one, none of which was better.
        assert.deepEqual(all.value.slice(0, model.value.length), model.value);
        for (const root of all.roots.slice(model.roots.length, model.roots.length + parameters.patience)) {
          addTreeScores({ ...all, roots: Int32Array.of(root) }, held, scores);
          assert.ok(meanLogLoss(scores, take(rows.validation), weights) >= Math.min(...losses));
        }
      }
    });
});

describe('fitGradientBoosting, repeated', () => {
  const { matrix, labels } = noisyTable(500, 8);
  const parameters = { ...plain, maximumIterations: 30, learningRate: 0.1, validationShare: 0.2 };

  it('gives the same bits for the same seed, and stops by other rows for another', () => {
    const first = fitGradientBoosting(matrix, labels, parameters, 1);
    assert.deepEqual(fitGradientBoosting(matrix, labels, parameters, 1), first);
    assert.notDeepEqual(fitGradientBoosting(matrix, labels, parameters, 2), first);
  });

  it('does not depend on the order of the rows', () => {
    const backwards = Int32Array.from({ length: labels.length }, (_, row) => labels.length - 1 - row);
    const all = { ...parameters, validationShare: null };
    assert.deepEqual(
      fitGradientBoosting(selectRows(matrix, backwards), labels.toReversed(), all, 1),
      fitGradientBoosting(matrix, labels, all, 1),
    );
  });

  for (const [name, changed] of [
    ['all rounds', { validationShare: null }],
    ['an early stop', { learningRate: 0.9, patience: 2 }],
  ] as const)
    it(`tells how far it is, through ${name}`, () => {
      const shares: number[] = [];
      const model = fitGradientBoosting(matrix, labels, { ...parameters, ...changed }, 1, share =>
        shares.push(share),
      );
      assert.equal(shares.at(-1), 1);
      assert.ok(shares.every((share, place) => share > (shares[place - 1] ?? 0)));
      assert.ok(shares.length >= model.roots.length && shares.length <= parameters.maximumIterations);
    });
});
