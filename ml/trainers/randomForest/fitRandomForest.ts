import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import { type KernelMemory, withKernelMemory } from '../../kernels/withKernelMemory.ts';
import { createRandom } from '../../random/createRandom.ts';
import { deriveSeed } from '../../random/deriveSeed.ts';
import { balancedWeights } from '../balancedWeights.ts';
import type { TreesModel } from '../FittedModel.ts';
import type { RandomForestParameters } from '../Recipe.ts';
import { binMatrix } from '../trees/binMatrix.ts';
import { createNodeTable } from '../trees/createNodeTable.ts';
import { requireTrainable } from '../trees/requireTrainable.ts';
import { createGiniTreeGrower } from './createGiniTreeGrower.ts';
import { drawBootstrap } from './drawBootstrap.ts';

// A random forest for a yes/no label (Breiman 2001), as scikit-learn's RandomForestClassifier grows it, save that it looks
// for cuts between at most 256 bins of a column instead of between all its values. Each tree draws from a seed of its
// own, so that no tree depends on how many came before it.

/**
 * Fits a random forest. The rows' classes weigh n / (2 × n of the class) where balanced, counted over all rows.
 * @param labels one a row, 0 or 1
 * @param onProgress called after every tree with the share done
 * @throws RangeError without rows, or for parameters outside their range
 */
export function fitRandomForest(
  matrix: FeatureMatrix,
  labels: Uint8Array,
  parameters: RandomForestParameters,
  seed: number,
  onProgress?: (share: number) => void,
): TreesModel {
  const { trees, maximumDepth, minimumSamplesLeaf, featuresPerSplit } = parameters;
  requireTrainable(matrix, labels, { trees, maximumDepth, minimumSamplesLeaf, featuresPerSplit });
  return withKernelMemory(memory => fitIn(memory, matrix, labels, parameters, seed, onProgress));
}

function fitIn(
  memory: KernelMemory,
  matrix: FeatureMatrix,
  labels: Uint8Array,
  parameters: RandomForestParameters,
  seed: number,
  onProgress?: (share: number) => void,
): TreesModel {
  const { trees, maximumDepth, minimumSamplesLeaf, featuresPerSplit, balanced } = parameters;
  const { rowCount, columnCount } = matrix;
  const bothClasses = labels.includes(0) && labels.includes(1);
  const grower = createGiniTreeGrower(binMatrix(memory, matrix, 256, deriveSeed(seed, 'bins')), {
    weights: balanced && bothClasses ? balancedWeights(labels) : [1, 1],
    maximumDepth: maximumDepth ?? Number.POSITIVE_INFINITY,
    minimumSamplesLeaf,
    featuresPerSplit: Math.min(
      featuresPerSplit ?? Math.max(1, Math.floor(Math.sqrt(columnCount))),
      columnCount,
    ),
  });
  const table = createNodeTable();
  const draws = new Int32Array(rowCount);
  for (let tree = 0; tree < trees; tree++) {
    const random = createRandom(deriveSeed(seed, 'tree', tree));
    drawBootstrap(draws, random);
    grower.grow(draws, labels, random, table);
    onProgress?.((tree + 1) / trees);
  }
  return table.toModel('probability', 0);
}
