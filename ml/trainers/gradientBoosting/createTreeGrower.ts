import type { NodeTable } from '../trees/createNodeTable.ts';
import { createGrowingRows } from './createGrowingRows.ts';
import { createNodeHistograms, type Histogram } from './createNodeHistograms.ts';
import { derivativeUnits } from './derivativeUnits.ts';
import type { GrowthOptions } from './GrowthOptions.ts';
import { createSplit, type NodeSums, type Split } from './Split.ts';

// Grows one regression tree leaf by leaf, always splitting the leaf that gains most, as scikit-learn's grower.py and LightGBM
// do. Of two children only the smaller's histogram is built; the larger's is what remains of the parent's. This decides what
// is done, the rows and the histograms do it, as kernels on the crew's members.

export interface GrowerParameters {
  readonly learningRate: number;
  readonly maximumLeaves: number;
  readonly maximumDepth: number | null;
  readonly minimumSamplesLeaf: number;
  readonly l2: number;
}

export interface TreeGrowerOptions extends Omit<GrowthOptions, keyof GrowerParameters> {
  readonly parameters: GrowerParameters;
}

export interface TreeGrower {
  /** Raw scores of the rows by the trees so far; valid as long as the memory is. */
  readonly scores: Float64Array;
  /**
   * Appends a tree that fits the log-loss of the present scores, and adds its leaf values to them.
   * @returns false, with nothing appended, where no split gains
   */
  grow(table: NodeTable): boolean;
}

/** A node under way: its rows are those at the places `start` to `end`. */
interface OpenNode {
  tableNode: number;
  start: number;
  end: number;
  depth: number;
  maySplit: boolean;
  readonly sums: NodeSums;
  readonly split: Split;
  /** Null where the node cannot be split. */
  histogram: Histogram | null;
}

export function createTreeGrower({ parameters, ...options }: TreeGrowerOptions): TreeGrower {
  const { rowCount, thresholds, columns } = options.layout.binned;
  const { learningRate, minimumSamplesLeaf, l2 } = parameters;
  const maximumDepth = parameters.maximumDepth ?? Number.POSITIVE_INFINITY;
  const maximumLeaves = Math.min(
    parameters.maximumLeaves,
    Math.max(1, Math.floor(rowCount / minimumSamplesLeaf)),
  );
  const growth = { ...options, minimumSamplesLeaf, l2, maximumLeaves };
  const units = derivativeUnits(rowCount, options.weights);
  const rows = createGrowingRows(growth, units);
  const histograms = createNodeHistograms(growth, units, rows);
  const leaves: OpenNode[] = [];

  const keep = (node: OpenNode, histogram: Histogram): void => {
    if (node.split.gain > 0) node.histogram = histogram;
    else histograms.release(histogram);
  };
  const leafAt = (place: number): OpenNode => {
    const leaf = (leaves[place] ??= createOpenNode());
    leaf.split.gain = 0;
    leaf.histogram = null;
    return leaf;
  };

  const growRoot = (): OpenNode => {
    const root = leafAt(0);
    Object.assign(root, { start: 0, end: rowCount, depth: 0 });
    rows.begin();
    if (maximumLeaves === 1) return root;
    const histogram = histograms.buildRoot(root.sums);
    if (histograms.mayHalve(root.sums)) histograms.searchRoot(histogram, root.sums, root.split);
    keep(root, histogram);
    return root;
  };

  /** The parent's place becomes the left child; the right one is new. */
  const part = (parent: OpenNode, right: OpenNode, histogram: Histogram, table: NodeTable): void => {
    const { split, sums, start, end } = parent;
    const { feature, bin } = split;
    const leftNode = table.split(parent.tableNode, columns[feature], thresholds[feature][bin]);
    const { gradient, hessian, count } = split.left;
    right.sums.gradient = sums.gradient - gradient;
    right.sums.hessian = sums.hessian - hessian;
    right.sums.count = sums.count - count;
    const left = parent;
    Object.assign(left.sums, split.left);
    right.depth = left.depth += 1;
    left.tableNode = leftNode;
    right.tableNode = leftNode + 1;
    for (const child of [left, right])
      child.maySplit = child.depth < maximumDepth && histograms.mayHalve(child.sums);
    const isLast = leaves.indexOf(right) === maximumLeaves - 1;
    const isSearched = !isLast && (left.maySplit || right.maySplit);
    const [smaller, larger] = left.sums.count <= right.sums.count ? [left, right] : [right, left];
    const side = smaller === left ? 'left' : 'right';
    left.end = right.start = rows.part(start, end, split, isSearched ? side : null);
    right.end = end;
    left.split.gain = 0;
    left.histogram = null;
    if (!isSearched) {
      histograms.release(histogram);
      return;
    }
    keep(smaller, histograms.evaluate(smaller, larger, histogram));
    keep(larger, histogram);
  };

  const grow = (table: NodeTable): boolean => {
    const root = growRoot();
    if (root.split.gain === 0) return false;
    root.tableNode = table.addRoot();
    let leafCount = 1;
    while (leafCount < maximumLeaves) {
      const parent = leafOfMostGain(leaves, leafCount);
      if (parent === null || parent.histogram === null) break;
      part(parent, leafAt(leafCount++), parent.histogram, table);
    }
    const grown = leaves.slice(0, leafCount).map(leaf => {
      if (leaf.histogram !== null) histograms.release(leaf.histogram);
      const value = (-learningRate * leaf.sums.gradient) / (leaf.sums.hessian + l2);
      table.setValue(leaf.tableNode, value);
      return { end: leaf.end, value };
    });
    rows.addLeaves(grown.sort((one, other) => one.end - other.end));
    return true;
  };
  return { scores: rows.scores, grow };
}

const createOpenNode = (): OpenNode => ({
  tableNode: 0,
  start: 0,
  end: 0,
  depth: 0,
  maySplit: false,
  sums: { gradient: 0, hessian: 0, count: 0 },
  split: createSplit(),
  histogram: null,
});

/** The leaf to split next; the one made first among equals. */
function leafOfMostGain(leaves: readonly OpenNode[], leafCount: number): OpenNode | null {
  let best: OpenNode | null = null;
  for (let place = 0; place < leafCount; place++)
    if (leaves[place].split.gain > (best?.split.gain ?? 0)) best = leaves[place];
  return best;
}
