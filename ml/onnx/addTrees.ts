import type { TreesModel } from '../trainers/FittedModel.ts';
import type { FeatureColumns } from './addFeatures.ts';
import type { Attribute, Graph } from './createGraph.ts';

// The flat node table as ai.onnx.ml TreeEnsembleRegressor (version 3 of the operator set, which every onnxruntime since 1.11
// runs). BRANCH_LEQ and float32 thresholds are the kernel's own comparison, so both walk the same path.

/**
 * Adds the trees; returns the name of [N, 1], the base plus the sum (`logit`) or the mean (`probability`) of the leaves.
 * With `complement`, [N, 2]: the mean of 1 − leaf and the mean of leaf, each summed by itself, because 1 − p has lost its
 * digits in float32 where p is near 1.
 */
export function addTrees(
  graph: Graph,
  model: TreesModel,
  features: FeatureColumns,
  { complement = false } = {},
): string {
  const columnOf = new Map(features.columns.map((feature, column) => [feature, column]));
  const tree: number[] = [];
  const node: number[] = [];
  const column: number[] = [];
  const threshold: number[] = [];
  const mode: string[] = [];
  const whenTrue: number[] = [];
  const whenFalse: number[] = [];
  const leafTree: number[] = [];
  const leafNode: number[] = [];
  const leafTarget: number[] = [];
  const leafWeight: number[] = [];
  const addLeaf = (target: number, weight: number, inTree: number, id: number) => {
    leafTree.push(inTree);
    leafNode.push(id);
    leafTarget.push(target);
    leafWeight.push(weight);
  };
  for (const [treeId, root] of model.roots.entries()) {
    // Breadth first: node ids of a tree count from 0 at its root, and both children of a node stand side by side.
    const queue = [root];
    for (let id = 0; id < queue.length; id++) {
      const at = queue[id];
      const isLeaf = model.feature[at] < 0;
      tree.push(treeId);
      node.push(id);
      mode.push(isLeaf ? 'LEAF' : 'BRANCH_LEQ');
      column.push(isLeaf ? 0 : columnOfFeature(columnOf, model.feature[at]));
      threshold.push(isLeaf ? 0 : model.threshold[2 * at]);
      whenTrue.push(isLeaf ? 0 : queue.length);
      whenFalse.push(isLeaf ? 0 : queue.length + 1);
      const left = model.left[2 * at + 1];
      if (!isLeaf) queue.push(left, left + 1);
      else if (complement) {
        addLeaf(0, 1 - model.value[at], treeId, id);
        addLeaf(1, model.value[at], treeId, id);
      } else addLeaf(0, model.value[at], treeId, id);
    }
  }
  const attributes: Record<string, Attribute> = {
    n_targets: { int: complement ? 2 : 1 },
    aggregate_function: { text: model.aggregate === 'logit' ? 'SUM' : 'AVERAGE' },
    nodes_treeids: { ints: tree },
    nodes_nodeids: { ints: node },
    nodes_featureids: { ints: column },
    nodes_values: { floats: threshold },
    nodes_modes: { texts: mode },
    nodes_truenodeids: { ints: whenTrue },
    nodes_falsenodeids: { ints: whenFalse },
    target_treeids: { ints: leafTree },
    target_nodeids: { ints: leafNode },
    target_ids: { ints: leafTarget },
    target_weights: { floats: leafWeight },
  };
  if (model.aggregate === 'logit') attributes.base_values = { floats: [model.base] };
  return graph.add('TreeEnsembleRegressor', [features.name], { domain: 'ai.onnx.ml', attributes });
}

function columnOfFeature(columnOf: ReadonlyMap<number, number>, feature: number): number {
  const column = columnOf.get(feature);
  if (column === undefined)
    throw new Error(`A tree splits on feature ${feature}, but the encoder has ${columnOf.size} features.`);
  return column;
}
