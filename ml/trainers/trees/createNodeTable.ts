import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import type { TreesModel } from '../FittedModel.ts';
import { addTreeScores } from './addTreeScores.ts';

// The flat node table while it grows. The nodes of a tree are contiguous, in the order in which they were split off, and
// the two children of a node lie side by side.

/** One element a node, see TreesModel. */
export type NodeArrays = Pick<TreesModel, 'feature' | 'threshold' | 'left' | 'right' | 'value'>;

export interface NodeTable {
  /** Begins a tree with one leaf, and answers that node. */
  addRoot(): number;
  /** Makes a leaf an inner node with two new leaves; answers the left one, the right one follows it. */
  split(node: number, feature: number, threshold: number): number;
  setValue(leaf: number, value: number): void;
  /** Adds a tree of so many nodes, leaves of value 0 until `write` says otherwise; `first` is its root. */
  addTree(count: number, write: (nodes: NodeArrays, first: number) => void): void;
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
  let feature = new Int32Array(1024);
  let threshold = new Float32Array(1024);
  let left = new Int32Array(1024);
  let right = new Int32Array(1024);
  let value = new Float64Array(1024);

  const reserve = (count: number): void => {
    if (count <= feature.length) return;
    feature = grown(feature, new Int32Array(count));
    threshold = grown(threshold, new Float32Array(count));
    left = grown(left, new Int32Array(count));
    right = grown(right, new Int32Array(count));
    value = grown(value, new Float64Array(count));
  };
  const makeRoom = (count: number): void => {
    if (count > feature.length) reserve(Math.max(count, 2 * feature.length));
  };
  const addLeaf = (): number => {
    makeRoom(nodeCount + 1);
    // Nodes that keepTrees forgot may have left something behind.
    feature[nodeCount] = -1;
    threshold[nodeCount] = 0;
    left[nodeCount] = 0;
    right[nodeCount] = 0;
    value[nodeCount] = 0;
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
      // Both before any assignment: adding a leaf may move the arrays.
      const leftLeaf = addLeaf();
      const rightLeaf = addLeaf();
      feature[node] = splitFeature;
      threshold[node] = splitThreshold;
      left[node] = leftLeaf;
      right[node] = rightLeaf;
      value[node] = 0;
      return leftLeaf;
    },
    setValue(leaf, leafValue) {
      value[leaf] = leafValue;
    },
    addTree(count, write) {
      makeRoom(nodeCount + count);
      const first = addRoot();
      for (let node = 1; node < count; node++) addLeaf();
      write({ feature, threshold, left, right, value }, first);
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
      addTreeScores({ roots: newest, feature, threshold, left, right, value }, matrix, scores);
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
        feature: feature.subarray(0, nodeCount),
        threshold: threshold.subarray(0, nodeCount),
        left: left.subarray(0, nodeCount),
        right: right.subarray(0, nodeCount),
        value: value.subarray(0, nodeCount),
      };
    },
  };
}

function grown<T extends Int32Array | Float32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
