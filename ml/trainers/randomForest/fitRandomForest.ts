import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import { type Crew, soloCrew } from '../../kernels/Crew.ts';
import { type KernelMemory, withKernelMemory } from '../../kernels/withKernelMemory.ts';
import { deriveSeed } from '../../random/deriveSeed.ts';
import { balancedWeights } from '../balancedWeights.ts';
import type { TreesModel } from '../FittedModel.ts';
import type { RandomForestParameters } from '../Recipe.ts';
import { binMatrix } from '../trees/binMatrix.ts';
import { createNodeTable } from '../trees/createNodeTable.ts';
import { requireTrainable } from '../trees/requireTrainable.ts';
import { createForestGrower, treesAtATime } from './createForestGrower.ts';

// A random forest for a yes/no label (Breiman 2001), as scikit-learn's RandomForestClassifier grows it, save that it looks
// for cuts between at most 256 bins of a column instead of between all its values. Each tree draws from a seed of its
// own, so that no tree depends on how many came before it.

/**
 * Fits a random forest. The rows' classes weigh n / (2 × n of the class) where balanced, counted over all rows.
 * @param labels one a row, 0 or 1
 * @param onProgress called after every tree with the share done
 * @param crew threads that grow trees side by side; the model's bits do not depend on their number
 * @throws RangeError without rows, or for parameters outside their range
 */
export function fitRandomForest(
  matrix: FeatureMatrix,
  labels: Uint8Array,
  parameters: RandomForestParameters,
  seed: number,
  onProgress?: (share: number) => void,
  crew: Crew = soloCrew,
): TreesModel {
  const { trees, maximumDepth, minimumSamplesLeaf, featuresPerSplit } = parameters;
  requireTrainable(matrix, labels, { trees, maximumDepth, minimumSamplesLeaf, featuresPerSplit });
  return withKernelMemory(memory => fitIn(memory, crew, { matrix, labels }, parameters, seed, onProgress));
}

/** Trees differ in size: the room for all is reserved after the first ones, with some to spare. */
const ROOM_TO_SPARE = 1.2;

function fitIn(
  memory: KernelMemory,
  crew: Crew,
  { matrix, labels }: { readonly matrix: FeatureMatrix; readonly labels: Uint8Array },
  parameters: RandomForestParameters,
  seed: number,
  onProgress?: (share: number) => void,
): TreesModel {
  const { trees, featuresPerSplit, balanced } = parameters;
  const { columnCount } = matrix;
  const bothClasses = labels.includes(0) && labels.includes(1);
  const forest = createForestGrower({
    ...parameters,
    memory,
    crew,
    binned: binMatrix(memory, matrix, 256, deriveSeed(seed, 'bins')),
    labels,
    weights: balanced && bothClasses ? balancedWeights(labels) : [1, 1],
    featuresPerSplit: Math.min(
      featuresPerSplit ?? Math.max(1, Math.floor(Math.sqrt(columnCount))),
      columnCount,
    ),
  });
  const table = createNodeTable();
  while (table.treeCount < trees) {
    const before = table.treeCount;
    const count = Math.min(treesAtATime(crew), trees - before);
    forest.draw(Array.from({ length: count }, (_, index) => deriveSeed(seed, 'tree', before + index)));
    forest.grow(table);
    if (before === 0) table.reserve(Math.ceil((table.nodeCount / count) * trees * ROOM_TO_SPARE));
    for (let done = before + 1; done <= table.treeCount; done++) onProgress?.(done / trees);
  }
  return table.toModel('probability', 0);
}
