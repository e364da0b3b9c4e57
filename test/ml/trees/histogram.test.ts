import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import type { FeatureMatrix } from '../../../ml/features/FeatureMatrix.ts';
import { soloCrew } from '../../../ml/kernels/Crew.ts';
import { withKernelMemory } from '../../../ml/kernels/withKernelMemory.ts';
import { createTreeGrower } from '../../../ml/trainers/gradientBoosting/createTreeGrower.ts';
import {
  type HistogramLayout,
  layOutHistograms,
} from '../../../ml/trainers/gradientBoosting/layOutHistograms.ts';
import { addTreeScores } from '../../../ml/trainers/trees/addTreeScores.ts';
import { binMatrix } from '../../../ml/trainers/trees/binMatrix.ts';
import { createNodeTable } from '../../../ml/trainers/trees/createNodeTable.ts';
import { drawnTable, matrixOf } from './drawnTables.ts';

/** A layout that outlives the kernels' memory. */
const layoutOf = (matrix: FeatureMatrix): HistogramLayout =>
  withKernelMemory(memory => {
    const layout = layOutHistograms(memory, binMatrix(memory, matrix, 255, 1));
    return { ...layout, bins: layout.bins.slice() };
  });

describe('layOutHistograms', () => {
  it('puts the levels of a category into one column, and flags that meet into columns of their own', () => {
    const layout = layoutOf(
      matrixOf([
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [1, 2, 3, 4],
        [0, 0, 1, 0],
        [1, 1, 0, 0],
      ]),
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
    const { columnCount, starts } = layoutOf(matrixOf(columns));
    assert.equal(columnCount, 2);
    assert.deepEqual([...starts], [0, 256, 302]);
  });
});

describe('createTreeGrower', () => {
  it('adds to the training scores, to the bit, what scoring reads from the table', () => {
    fc.assert(
      fc.property(drawnTable(2, 40), ({ matrix, labels }) =>
        withKernelMemory(memory => {
          const grower = createTreeGrower({
            memory,
            crew: soloCrew,
            layout: layOutHistograms(memory, binMatrix(memory, matrix, 255, 1)),
            labels,
            weights: [1, 1],
            base: 0.1,
            parameters: {
              learningRate: 0.3,
              maximumLeaves: 6,
              maximumDepth: null,
              minimumSamplesLeaf: 1,
              l2: 0,
            },
          });
          const table = createNodeTable();
          for (let tree = 0; tree < 5; tree++) grower.grow(table);
          const scored = new Float64Array(labels.length).fill(0.1);
          addTreeScores(table.toModel('logit', 0), matrix, scored);
          assert.deepEqual(scored, grower.scores.slice());
        }),
      ),
    );
  });
});
