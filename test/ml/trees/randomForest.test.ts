import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { deriveSeed } from '../../../ml/random/deriveSeed.ts';
import { balancedWeights } from '../../../ml/trainers/balancedWeights.ts';
import { soloCrew } from '../../../ml/kernels/Crew.ts';
import { withKernelMemory } from '../../../ml/kernels/withKernelMemory.ts';
import { createForestGrower } from '../../../ml/trainers/randomForest/createForestGrower.ts';
import { fitRandomForest } from '../../../ml/trainers/randomForest/fitRandomForest.ts';
import type { RandomForestParameters } from '../../../ml/trainers/Recipe.ts';
import { createNodeTable } from '../../../ml/trainers/trees/createNodeTable.ts';
import { scoreTrees } from '../../../ml/trainers/trees/scoreTrees.ts';
import { binMatrix } from '../../../ml/trainers/trees/binMatrix.ts';
import { partedCrew } from '../../support/partedCrew.ts';
import { plainTrees } from '../../support/plainTrees.ts';
import { binnedOf } from './binnedOf.ts';
import { matrixOf } from './drawnTables.ts';
import { noisyTable } from './noisyTable.ts';
import { createGiniTreeGrower } from './plainForest/createGiniTreeGrower.ts';
import { drawBootstrap } from './plainForest/drawBootstrap.ts';

const plain: RandomForestParameters = {
  trees: 20,
  maximumDepth: null,
  minimumSamplesLeaf: 1,
  featuresPerSplit: null,
  balanced: false,
};

describe('fitRandomForest', () => {
  const { matrix, labels } = noisyTable(400, 6);

  it('gives the same bits for the same seed, and another forest for another', () => {
    const first = fitRandomForest(matrix, labels, plain, 1);
    assert.deepEqual(fitRandomForest(matrix, labels, plain, 1), first);
    assert.notDeepEqual(fitRandomForest(matrix, labels, plain, 2), first);
  });

  it('gives the same bits whatever the number of threads that grow its trees', () => {
    const forest = fitRandomForest(matrix, labels, plain, 1);
    for (const size of [2, 3, 64]) {
      const crew = partedCrew(size);
      const shares: number[] = [];
      const parted = fitRandomForest(matrix, labels, plain, 1, share => shares.push(share), crew);
      assert.deepEqual(parted, forest);
      assert.deepEqual(
        shares,
        Array.from({ length: 20 }, (_, tree) => (tree + 1) / 20),
      );
      assert.ok(crew.steps() > 0);
    }
  });

  it('gives to the bit the forest of plain loops', () => {
    const arbitrary = fc.record({
      rows: fc.integer({ min: 1, max: 1500 }),
      values: fc.constantFrom(2, 5, 100, 4000),
      minimumSamplesLeaf: fc.constantFrom(1, 3, 20),
      maximumDepth: fc.constantFrom(null, 1, 6),
      featuresPerSplit: fc.constantFrom(1, 3, 7),
      balanced: fc.boolean(),
      seed: fc.integer({ min: 0, max: 0xffffffff }),
    });
    fc.assert(
      fc.property(arbitrary, ({ rows, values, seed, ...rules }) => {
        const random = createRandom(seed);
        const drawn = matrixOf(
          Array.from({ length: 7 }, (_, column) =>
            // One of two values, one of few, all of many.
            Float32Array.from({ length: rows }, () =>
              random.below(column === 0 ? 2 : column === 1 ? 9 : values),
            ),
          ),
        );
        const outcomes = Uint8Array.from({ length: rows }, (_, row) =>
          Number(random.next() < (drawn.values[row] === 1 ? 0.7 : 0.2)),
        );
        const parameters = { ...rules, trees: 3 };
        const binned = binnedOf(drawn, 256, deriveSeed(seed, 'bins'));
        const both = outcomes.includes(0) && outcomes.includes(1);
        const plainTrees = createGiniTreeGrower(binned, {
          ...rules,
          weights: rules.balanced && both ? balancedWeights(outcomes) : [1, 1],
          maximumDepth: rules.maximumDepth ?? Number.POSITIVE_INFINITY,
        });
        const table = createNodeTable();
        const draws = new Int32Array(rows);
        for (let tree = 0; tree < parameters.trees; tree++) {
          const own = createRandom(deriveSeed(seed, 'tree', tree));
          drawBootstrap(draws, own);
          plainTrees.grow(draws, outcomes, own, table);
        }
        assert.deepEqual(fitRandomForest(drawn, outcomes, parameters, seed), table.toModel('probability', 0));
      }),
      { numRuns: 60 },
    );
  });

  it('grows each tree alike in a forest of any size', () => {
    const small = plainTrees(fitRandomForest(matrix, labels, { ...plain, trees: 3 }, 1));
    const large = plainTrees(fitRandomForest(matrix, labels, { ...plain, trees: 8 }, 1));
    assert.deepEqual(large.roots.slice(0, 3), small.roots);
    for (const part of ['feature', 'threshold', 'left', 'right', 'value'] as const)
      assert.deepEqual(large[part].slice(0, small[part].length), small[part]);
  });

  it('weighs the classes over all rows where balanced', () => {
    const constant = matrixOf([[1, 1, 1, 1, 1, 1, 1, 1]]);
    const [rare, common] = [1, 7];
    const model = fitRandomForest(
      constant,
      Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0),
      { ...plain, trees: 200, balanced: true },
      1,
    );
    // A sample with k of the rare row among 8 has the value k / r ÷ (k / r + (8 − k) / c).
    const values = new Set(
      Array.from({ length: 9 }, (_, k) => (k / rare / (k / rare + (8 - k) / common)).toFixed(9)),
    );
    assert.ok(model.value.every(value => values.has(value.toFixed(9))));
    assert.ok(new Set(model.value).size > 2);
  });

  it('draws every feature about as often for its roots', () => {
    const random = createRandom(2);
    const columnCount = 6;
    const flags = matrixOf(
      Array.from({ length: columnCount }, () => Float32Array.from({ length: 60 }, () => random.below(2))),
    );
    const coin = Uint8Array.from({ length: 60 }, () => random.below(2));
    const trees = 1200;
    const model = fitRandomForest(flags, coin, { ...plain, trees, featuresPerSplit: 1, maximumDepth: 1 }, 3);
    const counts = Array.from({ length: columnCount }, () => 0);
    for (const root of model.roots) counts[model.feature[root]] += 1;
    const expected = trees / columnCount;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The 0.999 quantile of chi-square with 5 degrees of freedom.
    assert.ok(chiSquare < 20.5, `drawn ${counts.join()}`);
  });

  it('tells how far it is', () => {
    const shares: number[] = [];
    fitRandomForest(matrix, labels, { ...plain, trees: 4 }, 1, share => shares.push(share));
    assert.deepEqual(shares, [0.25, 0.5, 0.75, 1]);
  });

  for (const [name, columns, labels, expected] of [
    ['one row', [[1]], [1], 1],
    ['one class, negative', [[1, 2, 3]], [0, 0, 0], 0],
    ['one class, positive', [[1, 2, 3]], [1, 1, 1], 1],
  ] as const)
    for (const balanced of [false, true])
      it(`answers a constant for ${name}${balanced ? ', balanced' : ''}`, () => {
        const matrix = matrixOf(columns);
        const model = fitRandomForest(matrix, Uint8Array.from(labels), { ...plain, balanced }, 1);
        assert.deepEqual(new Set(scoreTrees(model, matrix)), new Set([expected]));
      });

  for (const [name, columns] of [
    [
      'equal rows',
      [
        [3, 3, 3, 3],
        [0, 0, 0, 0],
      ],
    ],
    ['no columns', []],
  ] as const)
    it(`answers the share of positives for ${name}, as far as the samples hold it`, () => {
      const matrix = matrixOf(columns, 4);
      const scores = scoreTrees(
        fitRandomForest(matrix, Uint8Array.of(0, 0, 0, 1), { ...plain, trees: 500 }, 1),
        matrix,
      );
      assert.equal(new Set(scores).size, 1);
      // A mean of 500 shares with a standard deviation of √(¼ × ¾ / 4) each: four standard errors.
      assert.ok(Math.abs(scores[0] - 0.25) < 0.039, `${scores[0]}`);
    });

  it('learns from two rows', () => {
    const matrix = matrixOf([[1, 2]]);
    const [low, high] = scoreTrees(
      fitRandomForest(matrix, Uint8Array.of(0, 1), { ...plain, trees: 300 }, 1),
      matrix,
    );
    // Half of the samples hold both rows and part them, a quarter holds either alone: ¼ and ¾.
    assert.ok(Math.abs(low - 0.25) < 0.1 && Math.abs(high - 0.75) < 0.1, `${low}, ${high}`);
  });

  for (const [wrong, message] of [
    [{ trees: 0 }, /trees is 0/],
    [{ maximumDepth: 0 }, /maximumDepth is 0/],
    [{ minimumSamplesLeaf: 2.5 }, /minimumSamplesLeaf is 2.5/],
    [{ featuresPerSplit: -1 }, /featuresPerSplit is -1/],
  ] as const)
    it(`refuses ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => fitRandomForest(matrix, labels, { ...plain, ...wrong }, 1), {
        name: 'RangeError',
        message,
      });
    });

  it('refuses an empty table', () => {
    assert.throws(() => fitRandomForest(matrixOf([[]]), new Uint8Array(), plain, 1), /0 labels for 0 rows/);
  });
});

describe('the sample of a tree', () => {
  it('holds as many rows as there are, about 63 % of them at least once', () => {
    const rows = 10_000;
    withKernelMemory(memory => {
      const forest = createForestGrower({
        ...plain,
        memory,
        crew: soloCrew,
        binned: binMatrix(memory, matrixOf([Float32Array.from({ length: rows }, (_, row) => row)]), 256, 1),
        labels: new Uint8Array(rows),
        weights: [1, 1],
        featuresPerSplit: 1,
      });
      const [draws] = forest.draw([1]);
      const expected = new Int32Array(rows);
      drawBootstrap(expected, createRandom(1));
      assert.deepEqual([...draws], [...expected]);
      assert.equal(
        draws.reduce((sum, count) => sum + count, 0),
        rows,
      );
      const share = draws.filter(count => count > 0).length / rows;
      assert.ok(Math.abs(share - (1 - Math.exp(-1))) < 0.02, `${share}`);
    });
  });
});
