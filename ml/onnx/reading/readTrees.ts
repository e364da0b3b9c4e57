import type { TreesModel } from '../../trainers/FittedModel.ts';
import { createTreeNodes } from '../../trainers/trees/createTreeNodes.ts';
import { NotOurForm, type OwnGraph } from './OwnGraph.ts';

/**
 * The node table that addTrees wrote, and the name of the features it reads.
 * @throws NotOurForm where the trees are written otherwise
 */
export function readTrees(graph: OwnGraph, name: string): { model: TreesModel; features: string } {
  const node = graph.node(name, 'TreeEnsembleRegressor');
  const ints = (key: string): Int32Array => Int32Array.from(node.attribute(key).ints, Number);
  const tree = ints('nodes_treeids');
  const id = ints('nodes_nodeids');
  const column = ints('nodes_featureids');
  const whenTrue = ints('nodes_truenodeids');
  const whenFalse = ints('nodes_falsenodeids');
  const modes = modesOf(node.attribute('nodes_modes').strings);
  const isSum = new TextDecoder().decode(node.attribute('aggregate_function').s) === 'SUM';
  const count = tree.length;
  const roots: number[] = [];
  const { floats: thresholds } = node.attribute('nodes_values');
  const nodes = createTreeNodes(count);
  for (let at = 0; at < count; at++) {
    if (id[at] === 0) roots.push(at);
    const root = roots.length - 1;
    if (tree[at] !== root || id[at] !== at - roots[root])
      throw new NotOurForm('the nodes are not in our order');
    nodes.feature[at] = modes[at] === LEAF ? -1 : column[at];
    if (modes[at] === LEAF) continue;
    if (whenFalse[at] !== whenTrue[at] + 1) throw new NotOurForm('the children of a node lie apart');
    nodes.threshold[2 * at] = thresholds[at];
    nodes.left[2 * at + 1] = roots[root] + whenTrue[at];
  }
  const leafTree = ints('target_treeids');
  const leafNode = ints('target_nodeids');
  const target = ints('target_ids');
  const { floats: weights } = node.attribute('target_weights');
  // With two targets the first is the complement of the second.
  const wanted = Number(node.attribute('n_targets').i) - 1;
  for (let leaf = 0; leaf < leafTree.length; leaf++) {
    const at = roots[leafTree[leaf]] + leafNode[leaf];
    if (modes[at] !== LEAF) throw new NotOurForm('a node has both children and a value');
    if (target[leaf] === wanted) nodes.value[at] = weights[leaf];
  }
  const model: TreesModel = {
    kind: 'trees',
    aggregate: isSum ? 'logit' : 'probability',
    base: isSum ? node.attribute('base_values').floats[0] : 0,
    roots: Int32Array.from(roots),
    ...nodes,
  };
  return { model, features: node.inputs[0] };
}

const LEAF = 0;
const BRANCH_LEQ = 1;

/** Compared as bytes: a forest has tens of thousands of them. */
function modesOf(texts: readonly Uint8Array[]): Uint8Array {
  const [leaf, branch] = ['LEAF', 'BRANCH_LEQ'].map(mode => new TextEncoder().encode(mode));
  return Uint8Array.from(texts, text => {
    if (isEqual(text, leaf)) return LEAF;
    if (isEqual(text, branch)) return BRANCH_LEQ;
    throw new NotOurForm(`the trees have nodes of the mode ${new TextDecoder().decode(text)}`);
  });
}

const isEqual = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);
