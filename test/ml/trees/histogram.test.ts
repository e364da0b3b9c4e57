import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  buildHistogram,
  createHistogram,
  subtractHistogram,
} from '../../../ml/trainers/gradientBoosting/buildHistogram.ts';
import { createTreeGrower } from '../../../ml/trainers/gradientBoosting/createTreeGrower.ts';
import { layOutHistograms } from '../../../ml/trainers/gradientBoosting/layOutHistograms.ts';
import { createLogisticDerivatives } from '../../../ml/trainers/gradientBoosting/logisticDerivatives.ts';
import { addTreeScores } from '../../../ml/trainers/trees/addTreeScores.ts';
import { binMatrix } from '../../../ml/trainers/trees/binMatrix.ts';
import { createNodeTable } from '../../../ml/trainers/trees/createNodeTable.ts';
import { drawnTable, matrixOf } from './drawnTables.ts';
import { noisyTable } from './noisyTable.ts';

describe('layOutHistograms', () => {
  it('puts the levels of a category into one column, and flags that meet into columns of their own', () => {
    const layout = layOutHistograms(
      binMatrix(
        matrixOf([
          [1, 0, 0, 0],
          [0, 1, 0, 0],
          [1, 2, 3, 4],
          [0, 0, 1, 0],
          [1, 1, 0, 0],
        ]),
        255,
        1,
      ),
    );
    assert.deepEqual([...layout.columnOf], [0, 0, 1, 0, 2]);
    assert.deepEqual([...layout.slotOf], [1, 2, 0, 3, 1]);
    assert.deepEqual([...layout.starts], [0, 4, 8, 10]);
    assert.deepEqual([...layout.bins], [1, 2, 3, 0, 0, 1, 2, 3, 1, 1, 0, 0]);
  });

  it('opens another column after 255 levels', () => {
    const columns = Array.from({ length: 300 }, (_, level) =>
      Float32Array.from({ length: 301 }, (_, row) => (row === level ? 1 : 0)),
    );
    const { columnCount, starts } = layOutHistograms(binMatrix(matrixOf(columns), 255, 1));
    assert.equal(columnCount, 2);
    assert.deepEqual([...starts], [0, 256, 302]);
  });
});

describe('buildHistogram', () => {
  it('counts what a plain loop counts, for every feature of every drawn table and subset', () => {
    fc.assert(
      fc.property(
        drawnTable(1, 40),
        fc.infiniteStream(fc.boolean()),
        fc.infiniteStream(fc.integer({ min: -99, max: 99 })),
        ({ matrix }, keeps, numbers) => {
          const binned = binMatrix(matrix, 255, 1);
          const layout = layOutHistograms(binned);
          const { rowCount } = matrix;
          const rows = Int32Array.from([...Array(rowCount).keys()].filter(() => keeps.next().value));
          const gradients = Float32Array.from(rows, () => numbers.next().value);
          const hessians = Float32Array.from(rows, () => numbers.next().value);
          const histogram = createHistogram(layout.starts[layout.columnCount]);
          // What another node left behind must not matter.
          histogram.sums.fill(7);
          histogram.counts.fill(7);
          buildHistogram(layout, rows, 0, rows.length, gradients, hessians, histogram);
          for (let feature = 0; feature < binned.featureCount; feature++)
            for (
              let bin = layout.slotOf[feature] > 0 ? 1 : 0;
              bin <= binned.thresholds[feature].length;
              bin++
            ) {
              const cell = layout.starts[layout.columnOf[feature]] + (layout.slotOf[feature] || bin);
              const places = [...rows.keys()].filter(
                place => binned.bins[feature * rowCount + rows[place]] === bin,
              );
              assert.deepEqual(
                [histogram.counts[cell], histogram.sums[2 * cell], histogram.sums[2 * cell + 1]],
                [
                  places.length,
                  places.reduce((sum, place) => sum + gradients[place], 0),
                  places.reduce((sum, place) => sum + hessians[place], 0),
                ],
              );
            }
        },
      ),
    );
  });
});

describe('createLogisticDerivatives', () => {
  const { matrix, labels } = noisyTable(3000, 4);
  const scores = Float64Array.from(labels, (_, row) => Math.sin(row) * (row % 100 === 0 ? 40 : 3));

  for (const [name, weights] of [
    ['unweighted', [1, 1]],
    ['weighted', [0.7, 5.3]],
  ] as const) {
    it(`is p − y and p (1 − p) to 24 bits, ${name}`, () => {
      const { gradients, hessians, update } = createLogisticDerivatives(labels, weights);
      update(scores);
      for (let row = 0; row < labels.length; row++) {
        const p = 1 / (1 + Math.exp(-scores[row]));
        assert.ok(Math.abs(gradients[row] - weights[labels[row]] * (p - labels[row])) <= 8 * 2 ** -25);
        assert.ok(Math.abs(hessians[row] - weights[labels[row]] * p * (1 - p)) <= 8 * 2 ** -27);
      }
    });

    it(`makes the larger child's histogram by subtraction to the bit, ${name}`, () => {
      const { gradients, hessians, update } = createLogisticDerivatives(labels, weights);
      update(scores);
      const layout = layOutHistograms(binMatrix(matrix, 255, 1));
      const build = (keep: (row: number) => boolean) => {
        const rows = Int32Array.from([...labels.keys()].filter(keep));
        const histogram = createHistogram(layout.starts[layout.columnCount]);
        buildHistogram(
          layout,
          rows,
          0,
          rows.length,
          Float32Array.from(rows, row => gradients[row]),
          Float32Array.from(rows, row => hessians[row]),
          histogram,
        );
        return histogram;
      };
      const parent = build(() => true);
      subtractHistogram(
        parent,
        build(row => row % 3 === 0),
      );
      assert.deepEqual(
        parent,
        build(row => row % 3 !== 0),
      );
    });
  }
});

describe('createTreeGrower', () => {
  it('adds to the training scores, to the bit, what scoring reads from the table', () => {
    fc.assert(
      fc.property(drawnTable(2, 40), ({ matrix, labels }) => {
        const grower = createTreeGrower(layOutHistograms(binMatrix(matrix, 255, 1)), {
          learningRate: 0.3,
          maximumLeaves: 6,
          maximumDepth: null,
          minimumSamplesLeaf: 1,
          l2: 0,
        });
        const derivatives = createLogisticDerivatives(labels, [1, 1]);
        const table = createNodeTable();
        const scores = new Float64Array(labels.length).fill(0.1);
        for (let tree = 0; tree < 5; tree++) {
          derivatives.update(scores);
          grower.grow(derivatives, table, scores);
        }
        const scored = new Float64Array(labels.length).fill(0.1);
        addTreeScores(table.toModel('logit', 0), matrix, scored);
        assert.deepEqual(scored, scores);
      }),
    );
  });
});
