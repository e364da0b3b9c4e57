import type { TreesModel } from '../../ml/trainers/FittedModel.ts';
import { createTreeNodes } from '../../ml/trainers/trees/createTreeNodes.ts';

// Trees as a test writes and reads them: one number a node in each list, 0 where a node has none, both children by their places.

export interface PlainTrees {
  readonly roots: readonly number[];
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly value: readonly number[];
}

export function plainTrees({ roots, ...nodes }: TreesModel): PlainTrees {
  const feature = [...nodes.feature];
  const ofSplits = (pick: (node: number) => number): number[] =>
    feature.map((of, node) => (of < 0 ? 0 : pick(node)));
  return {
    roots: [...roots],
    feature,
    threshold: ofSplits(node => nodes.threshold[2 * node]),
    left: ofSplits(node => nodes.left[2 * node + 1]),
    right: ofSplits(node => nodes.left[2 * node + 1] + 1),
    value: feature.map((of, node) => (of < 0 ? nodes.value[node] : 0)),
  };
}

/** Lays the trees out anew, breadth first, so that children which lie apart come to lie side by side. */
export function treesModel(
  aggregate: TreesModel['aggregate'],
  base: number,
  { roots, feature, threshold, left, right, value }: PlainTrees,
): TreesModel {
  const starts: number[] = [];
  const order: number[] = [];
  const firstChild: number[] = [];
  for (const root of roots) {
    starts.push(order.length);
    order.push(root);
    for (let at = starts[starts.length - 1]; at < order.length; at++) {
      firstChild.push(order.length);
      if (feature[order[at]] >= 0) order.push(left[order[at]], right[order[at]]);
    }
  }
  const nodes = createTreeNodes(order.length);
  for (const [at, node] of order.entries()) {
    nodes.feature[at] = feature[node];
    if (feature[node] < 0) nodes.value[at] = value[node];
    else {
      nodes.threshold[2 * at] = threshold[node];
      nodes.left[2 * at + 1] = firstChild[at];
    }
  }
  return { kind: 'trees', aggregate, base, roots: Int32Array.from(starts), ...nodes };
}
