import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import type { TreesModel } from '../../../ml/trainers/FittedModel.ts';
import { soloCrew } from '../../../ml/kernels/Crew.ts';
import { withKernelMemory } from '../../../ml/kernels/withKernelMemory.ts';
import { createForestGrower } from '../../../ml/trainers/randomForest/createForestGrower.ts';
import { createNodeTable } from '../../../ml/trainers/trees/createNodeTable.ts';
import { scoreTrees } from '../../../ml/trainers/trees/scoreTrees.ts';
import { binMatrix } from '../../../ml/trainers/trees/binMatrix.ts';
import { plainTrees } from '../../support/plainTrees.ts';
import { type DrawnTable, drawnTable, matrixOf, valueOf } from './drawnTables.ts';

interface TreeOptions {
  readonly weights?: readonly [number, number];
  readonly maximumDepth?: number | null;
  readonly minimumSamplesLeaf?: number;
  readonly featuresPerSplit?: number;
}

/** One tree on rows that were drawn so often; every feature is looked at unless said otherwise. */
function growTree(
  { matrix, labels }: DrawnTable,
  draws: readonly number[],
  options: TreeOptions = {},
): TreesModel {
  return withKernelMemory(memory => {
    const forest = createForestGrower({
      memory,
      crew: soloCrew,
      binned: binMatrix(memory, matrix, 256, 1),
      labels,
      weights: [1, 1],
      maximumDepth: null,
      minimumSamplesLeaf: 1,
      featuresPerSplit: matrix.columnCount,
      ...options,
    });
    const [drawn] = forest.draw([1]);
    drawn.set(draws);
    const table = createNodeTable();
    forest.grow(table);
    return table.toModel('probability', 0);
  });
}
const grow = (
  columns: readonly ArrayLike<number>[],
  labels: readonly number[],
  draws: readonly number[],
  options?: TreeOptions,
) => growTree({ matrix: matrixOf(columns), labels: Uint8Array.from(labels) }, draws, options);

describe('a tree of the forest, by hand', () => {
  it('makes one split of two pure halves', () => {
    const model = grow([[1, 2, 3, 4]], [0, 0, 1, 1], [1, 1, 1, 1]);
    assert.deepEqual([model.aggregate, model.base], ['probability', 0]);
    assert.deepEqual(plainTrees(model), {
      roots: [0],
      feature: [0, -1, -1],
      threshold: [2.5, 0, 0],
      left: [1, 0, 0],
      right: [2, 0, 0],
      value: [0, 0, 1],
    });
  });

  it('counts a row as often as it was drawn, and its weight', () => {
    assert.deepEqual([...grow([[1, 1, 1]], [0, 1, 1], [1, 2, 1]).value], [3 / 4]);
    assert.deepEqual([...grow([[1, 1, 1]], [0, 1, 1], [1, 2, 0], { weights: [3, 1] }).value], [2 / 5]);
  });

  it('does not see a row that was not drawn: the cut lies midway between those that were', () => {
    assert.deepEqual(
      plainTrees(grow([[0, 1, 2, 3, 4, 5, 6]], [0, 0, 0, 1, 1, 1, 1], [1, 1, 0, 0, 0, 1, 1])).threshold,
      [2.5, 0, 0],
    );
  });

  it('goes on until every leaf is pure, also where the first split gains nothing', () => {
    const exclusiveOr = [
      [0, 0, 1, 1],
      [0, 1, 0, 1],
    ];
    const model = grow(exclusiveOr, [0, 1, 1, 0], [1, 1, 1, 1]);
    assert.deepEqual([...scoreTrees(model, matrixOf(exclusiveOr))], [0, 1, 1, 0]);
  });

  it('keeps to the depth and the leaf size, where a row counts once however often it was drawn', () => {
    const column = [[1, 2, 3, 4]];
    assert.equal(grow(column, [0, 1, 0, 1], [1, 1, 1, 1], { maximumDepth: 1 }).feature.length, 3);
    const pairs = plainTrees(grow(column, [0, 1, 1, 1], [9, 1, 1, 1], { minimumSamplesLeaf: 2 }));
    assert.deepEqual(pairs.threshold, [2.5, 0, 0]);
    assert.deepEqual(pairs.value, [0, 1 / 10, 1]);
    assert.equal(grow(column, [0, 1, 1, 1], [9, 0, 1, 1], { minimumSamplesLeaf: 2 }).feature.length, 1);
  });

  it('looks beyond the features it may draw while none of them tells the rows apart', () => {
    // Of ten features nine are constant within the drawn rows, though not over all.
    const columns = Array.from({ length: 10 }, (_, feature) => [0, feature === 7 ? 1 : 0, 1]);
    const model = grow(columns, [0, 1, 1], [1, 1, 0], { featuresPerSplit: 1 });
    assert.deepEqual([...model.feature], [7, -1, -1]);
  });

  it('grows a chain half as deep as its rows', () => {
    // Each level can only cut one row off: feature f alone tells row f from the later ones.
    const rowCount = 600;
    const columns = Array.from({ length: rowCount - 1 }, (_, feature) =>
      Float32Array.from({ length: rowCount }, (_, row) => (row === feature ? 1 : 0)),
    );
    const labels = Array.from({ length: rowCount }, (_, row) => row % 2);
    const model = grow(
      columns,
      labels,
      Array.from({ length: rowCount }, () => 1),
    );
    assert.deepEqual([...scoreTrees(model, matrixOf(columns))], labels);
    // What is left once all rows of one label are cut off is pure.
    assert.ok(model.feature.length >= rowCount + 1);
    let depth = 0;
    for (let node = 0; model.feature[node] >= 0; node = model.left[2 * node + 1]) depth += 1;
    assert.ok(depth >= rowCount / 2);
  });
});

describe('a tree of the forest and its naive twin', () => {
  it('agree on every cut and leaf', () => {
    const options = fc.record({
      weights: fc.constantFrom([1, 1], [0.6, 3]) as fc.Arbitrary<[number, number]>,
      maximumDepth: fc.constantFrom(null, 1, 3),
      minimumSamplesLeaf: fc.integer({ min: 1, max: 4 }),
    });
    const drawn = drawnTable(1, 40).chain(table =>
      fc.tuple(
        fc.constant(table),
        fc
          .array(fc.integer({ min: 0, max: 3 }), {
            minLength: table.labels.length,
            maxLength: table.labels.length,
          })
          .filter(draws => draws.some(count => count > 0)),
      ),
    );
    fc.assert(
      fc.property(drawn, options, ([table, draws], rules) => {
        const { matrix, labels } = table;
        const tree = plainTrees(growTree(table, draws, rules));
        const weightOf = (rows: readonly number[], label: number): number =>
          rows.reduce((sum, row) => sum + (labels[row] === label ? draws[row] * rules.weights[label] : 0), 0);
        const impurity = (rows: readonly number[]): number => {
          const [negative, positive] = [weightOf(rows, 0), weightOf(rows, 1)];
          return (2 * negative * positive) / (negative + positive);
        };
        const visit = (node: number, rows: readonly number[], depth: number): void => {
          let best = Number.POSITIVE_INFINITY;
          for (let column = 0; column < matrix.columnCount; column++)
            for (const cut of new Set(rows.map(row => valueOf(matrix, row, column)))) {
              const left = rows.filter(row => valueOf(matrix, row, column) <= cut);
              const right = rows.filter(row => valueOf(matrix, row, column) > cut);
              if (Math.min(left.length, right.length) < rules.minimumSamplesLeaf) continue;
              best = Math.min(best, impurity(left) + impurity(right));
            }
          const [negative, positive] = [weightOf(rows, 0), weightOf(rows, 1)];
          const mayStay =
            negative === 0 ||
            positive === 0 ||
            depth >= (rules.maximumDepth ?? Number.POSITIVE_INFINITY) ||
            best === Number.POSITIVE_INFINITY;
          if (tree.feature[node] === -1) {
            assert.ok(mayStay, `leaf ${node} could be split`);
            assert.ok(Math.abs(tree.value[node] - positive / (negative + positive)) < 1e-12);
            return;
          }
          assert.ok(!mayStay, `node ${node} is split against the rules`);
          const goesLeft = (row: number): boolean =>
            valueOf(matrix, row, tree.feature[node]) <= tree.threshold[node];
          const left = rows.filter(goesLeft);
          const right = rows.filter(row => !goesLeft(row));
          assert.ok(Math.min(left.length, right.length) >= rules.minimumSamplesLeaf);
          assert.ok(impurity(left) + impurity(right) <= best + 1e-9, `node ${node} is not the purest cut`);
          visit(tree.left[node], left, depth + 1);
          visit(tree.right[node], right, depth + 1);
        };
        visit(
          0,
          [...labels.keys()].filter(row => draws[row] > 0),
          0,
        );
      }),
      { numRuns: 300 },
    );
  });
});
