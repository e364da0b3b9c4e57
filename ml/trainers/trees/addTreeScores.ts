import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import type { TreesModel } from '../FittedModel.ts';
import { childOf } from './childOf.ts';

/** So many rows at a time that their part of the columns stays in the processor's cache from tree to tree. */
const BLOCK_ROWS = 2048;

/**
 * Adds each tree's leaf value to each row's score, tree after tree.
 * @param scores one a row, changed in place
 */
export function addTreeScores(
  trees: Omit<TreesModel, 'kind' | 'aggregate' | 'base'>,
  { values, rowCount }: FeatureMatrix,
  scores: Float64Array,
): void {
  const { roots, feature, value } = trees;
  for (let blockStart = 0; blockStart < rowCount; blockStart += BLOCK_ROWS) {
    const blockEnd = Math.min(blockStart + BLOCK_ROWS, rowCount);
    for (let tree = 0; tree < roots.length; tree++) {
      const root = roots[tree];
      for (let row = blockStart; row < blockEnd; row++) {
        let node = root;
        for (let column = feature[node]; column >= 0; column = feature[node])
          node = childOf(trees, node, values[column * rowCount + row]);
        scores[row] += value[node];
      }
    }
  }
}
