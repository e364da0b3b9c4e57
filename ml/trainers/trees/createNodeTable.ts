import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import type { TreesModel } from '../FittedModel.ts';
import { addTreeScores } from './addTreeScores.ts';

// The flat node table while it grows. The nodes of a tree are contiguous, in the order in which they were split off, and
// the two children of a node lie side by side.

export interface NodeTable {
  /** Begins a tree with one leaf, and answers that node. */
  addRoot(): number;
  /** Makes a leaf an inner node with two new leaves; answers the left one, the right one follows it. */
  split(node: number, feature: number, threshold: number): number;
  setValue(leaf: number, value: number): void;
  readonly treeCount: number;
  /** Adds the newest tree's leaf values to the rows' scores. */
  addNewestTo(matrix: FeatureMatrix, scores: Float64Array): void;
  /** Forgets the trees after the first `count`. */
  keepTrees(count: number): void;
  /** The model of the trees so far. At least one tree: where there is none, a single leaf of value 0. */
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

  const addLeaf = (): number => {
    if (nodeCount === feature.length) {
      feature = doubled(feature, new Int32Array(nodeCount * 2));
      threshold = doubled(threshold, new Float32Array(nodeCount * 2));
      left = doubled(left, new Int32Array(nodeCount * 2));
      right = doubled(right, new Int32Array(nodeCount * 2));
      value = doubled(value, new Float64Array(nodeCount * 2));
    }
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
    get treeCount() {
      return roots.length;
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
        feature: feature.slice(0, nodeCount),
        threshold: threshold.slice(0, nodeCount),
        left: left.slice(0, nodeCount),
        right: right.slice(0, nodeCount),
        value: value.slice(0, nodeCount),
      };
    },
  };
}

function doubled<T extends Int32Array | Float32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
