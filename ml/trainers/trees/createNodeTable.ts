import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import type { TreeNodes, TreesModel } from '../FittedModel.ts';
import { addTreeScores } from './addTreeScores.ts';
import { createTreeNodes } from './createTreeNodes.ts';

// The flat node table while it grows. The nodes of a tree are contiguous, in the order in which they were split off, and
// the two children of a node lie side by side.

export interface NodeTable {
  /** Begins a tree with one leaf, and answers that node. */
  addRoot(): number;
  /** Makes a leaf an inner node with two new leaves; answers the left one, the right one follows it. */
  split(node: number, feature: number, threshold: number): number;
  setValue(leaf: number, value: number): void;
  /** Adds a tree of so many nodes, leaves of value 0 until `write` says otherwise; `first` is its root. */
  addTree(count: number, write: (nodes: TreeNodes, first: number) => void): void;
  /** Makes room for so many nodes in all: growing without it needs room for twice as many for a moment. */
  reserve(count: number): void;
  readonly treeCount: number;
  readonly nodeCount: number;
  /** Adds the newest tree's leaf values to the rows' scores. */
  addNewestTo(matrix: FeatureMatrix, scores: Float64Array): void;
  /** Forgets the trees after the first `count`. */
  keepTrees(count: number): void;
  /** The model of the trees so far, by which the table ends. At least one tree: where there is none, a single leaf of value 0. */
  toModel(aggregate: TreesModel['aggregate'], base: number): TreesModel;
}

export function createNodeTable(): NodeTable {
  const roots: number[] = [];
  let nodeCount = 0;
  let nodes = createTreeNodes(1024);

  const reserve = (count: number): void => {
    if (count <= nodes.feature.length) return;
    const larger = createTreeNodes(count);
    larger.feature.set(nodes.feature);
    larger.value.set(nodes.value);
    nodes = larger;
  };
  const makeRoom = (count: number): void => {
    const { length } = nodes.feature;
    if (count > length) reserve(Math.max(count, 2 * length));
  };
  const addLeaf = (): number => {
    makeRoom(nodeCount + 1);
    // Nodes that keepTrees forgot may have left something behind.
    nodes.feature[nodeCount] = -1;
    nodes.value[nodeCount] = 0;
    return nodeCount++;
  };
  const addRoot = (): number => {
    const root = addLeaf();
    roots.push(root);
    return root;
  };

  return {
    addRoot,
    split(node, splitFeature, splitThreshold) {
      // Both before any assignment: adding a leaf may move the nodes.
      const leftLeaf = addLeaf();
      addLeaf();
      nodes.feature[node] = splitFeature;
      nodes.threshold[2 * node] = splitThreshold;
      nodes.left[2 * node + 1] = leftLeaf;
      return leftLeaf;
    },
    setValue(leaf, leafValue) {
      nodes.value[leaf] = leafValue;
    },
    addTree(count, write) {
      makeRoom(nodeCount + count);
      const first = addRoot();
      for (let node = 1; node < count; node++) addLeaf();
      write(nodes, first);
    },
    reserve,
    get treeCount() {
      return roots.length;
    },
    get nodeCount() {
      return nodeCount;
    },
    addNewestTo(matrix, scores) {
      const newest = Int32Array.from(roots.slice(-1));
      addTreeScores({ ...nodes, roots: newest }, matrix, scores);
    },
    keepTrees(count) {
      if (count >= roots.length) return;
      nodeCount = roots[count];
      roots.length = count;
    },
    toModel(aggregate, base) {
      if (roots.length === 0) addRoot();
      return {
        kind: 'trees',
        aggregate,
        base,
        roots: Int32Array.from(roots),
        // Not copied: what was reserved beyond them was never touched, and costs nothing.
        feature: nodes.feature.subarray(0, nodeCount),
        value: nodes.value.subarray(0, nodeCount),
        threshold: nodes.threshold.subarray(0, 2 * nodeCount),
        left: nodes.left.subarray(0, 2 * nodeCount),
      };
    },
  };
}
