import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TreesModel } from '../../../ml/trainers/FittedModel.ts';
import { createNodeTable } from '../../../ml/trainers/trees/createNodeTable.ts';
import { scoreTrees } from '../../../ml/trainers/trees/scoreTrees.ts';
import { matrixOf } from './drawnTables.ts';

/** x ≤ 0 → −2, x ≤ 1 → 1, else 3; and a second tree of one leaf. */
const handmade = (aggregate: TreesModel['aggregate'], base: number): TreesModel => {
  const table = createNodeTable();
  const root = table.addRoot();
  const left = table.split(root, 0, 1);
  const lowest = table.split(left, 0, 0);
  table.setValue(lowest, -2);
  table.setValue(lowest + 1, 1);
  table.setValue(left + 1, 3);
  table.setValue(table.addRoot(), 0.5);
  return table.toModel(aggregate, base);
};

describe('scoreTrees', () => {
  const matrix = matrixOf([[-1, 0, 0.5, 1, 1.5]]);

  it('adds the leaves to the base as log-odds', () => {
    const odds = [-2, -2, 1, 1, 3].map(value => 0.25 + value + 0.5);
    assert.deepEqual(
      [...scoreTrees(handmade('logit', 0.25), matrix)],
      odds.map(z => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)))),
    );
  });

  it('takes the mean of the leaves as a probability', () => {
    assert.deepEqual([...scoreTrees(handmade('probability', 0), matrix)], [-0.75, -0.75, 0.75, 0.75, 1.75]);
  });

  it('scores a long matrix as it scores its rows alone', () => {
    const column = Float32Array.from({ length: 5000 }, (_, row) => ((row * 37) % 100) / 30 - 1);
    const model = handmade('logit', -1);
    const together = scoreTrees(model, matrixOf([column]));
    assert.deepEqual(
      together,
      Float64Array.from(column, value => scoreTrees(model, matrixOf([[value]]))[0]),
    );
  });

  it('scores no rows', () => {
    assert.equal(scoreTrees(handmade('logit', 0), matrixOf([[]])).length, 0);
  });
});

/** Two trees, the second a single leaf; on the detour two others are grown and forgotten in between. */
function build(detour: boolean): TreesModel {
  const table = createNodeTable();
  table.setValue(table.split(table.addRoot(), 1, 2), 7);
  if (detour) {
    table.setValue(table.addRoot(), 8);
    table.setValue(table.split(table.addRoot(), 3, 4), 9);
    table.addRoot();
    table.keepTrees(1);
    table.keepTrees(5);
  }
  assert.equal(table.treeCount, 1);
  table.addRoot();
  return table.toModel('logit', 1);
}

describe('createNodeTable', () => {
  it('keeps every node when it outgrows its memory', () => {
    const table = createNodeTable();
    const leafCount = 3000;
    // A chain: the right child of each node is split at the next whole number.
    let node = table.addRoot();
    for (let cut = 0; cut < leafCount - 1; cut++) {
      const left = table.split(node, 0, cut + 0.5);
      table.setValue(left, cut);
      node = left + 1;
    }
    table.setValue(node, leafCount - 1);
    const rows = Float32Array.from({ length: leafCount }, (_, row) => row);
    assert.deepEqual([...scoreTrees(table.toModel('probability', 0), matrixOf([rows]))], [...rows]);
  });

  it('forgets the trees after those kept, and grows on as if they had never been', () => {
    assert.deepEqual(build(true), build(false));
  });

  it('gives a table without a tree one leaf that adds nothing', () => {
    const model = createNodeTable().toModel('logit', 2);
    assert.deepEqual([[...model.roots], [...model.feature], [...model.value]], [[0], [-1], [0]]);
  });
});
