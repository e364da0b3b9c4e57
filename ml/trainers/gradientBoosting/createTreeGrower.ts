import type { NodeTable } from '../trees/createNodeTable.ts';
import { partitionRows } from '../trees/partitionRows.ts';
import { createHistogram, type Histogram, subtractHistogram } from './buildHistogram.ts';
import { createHistogramBuilder } from './createHistogramBuilder.ts';
import { createSplit, findBestSplit, MINIMUM_HESSIAN, type NodeSums, type Split } from './findBestSplit.ts';
import type { HistogramLayout } from './layOutHistograms.ts';
import type { LogisticDerivatives } from './logisticDerivatives.ts';

// Grows one regression tree leaf by leaf, always splitting the leaf that gains most, as scikit-learn's grower.py and LightGBM
// do. Of two children only the smaller's histogram is built; the larger's is what remains of the parent's. All memory is
// taken once and used by every tree.

export interface GrowerParameters {
  readonly learningRate: number;
  readonly maximumLeaves: number;
  readonly maximumDepth: number | null;
  readonly minimumSamplesLeaf: number;
  readonly l2: number;
}

export interface TreeGrower {
  /**
   * Appends a tree that fits the derivatives to the table, and adds its leaf values to the raw scores of the rows.
   * @returns false, with nothing appended, where no split gains
   */
  grow(derivatives: LogisticDerivatives, table: NodeTable, rawScores: Float64Array): boolean;
}

/** A node under way: its rows are `rows[start..end)`. */
interface OpenNode {
  tableNode: number;
  start: number;
  end: number;
  depth: number;
  readonly sums: NodeSums;
  readonly split: Split;
  /** Null where the node cannot be split. */
  histogram: Histogram | null;
}

export function createTreeGrower(layout: HistogramLayout, parameters: GrowerParameters): TreeGrower {
  const { binned } = layout;
  const { rowCount } = binned;
  const { learningRate, minimumSamplesLeaf, l2 } = parameters;
  const maximumDepth = parameters.maximumDepth ?? Number.POSITIVE_INFINITY;
  const maximumLeaves = Math.min(
    parameters.maximumLeaves,
    Math.max(1, Math.floor(rowCount / minimumSamplesLeaf)),
  );
  const cells = layout.starts[layout.columnCount];
  const identity = Int32Array.from({ length: rowCount }, (_, row) => row);
  const builder = createHistogramBuilder(layout);
  const { rows, gradients: orderedGradients, hessians: orderedHessians } = builder;
  const spare = new Int32Array(rowCount);
  const leaves: OpenNode[] = [];
  const freeHistograms: Histogram[] = [];

  const release = (node: OpenNode): void => {
    if (node.histogram !== null) freeHistograms.push(node.histogram);
    node.histogram = null;
  };
  const canSplit = ({ sums, depth }: OpenNode): boolean =>
    depth < maximumDepth && sums.count >= 2 * minimumSamplesLeaf && sums.hessian >= 2 * MINIMUM_HESSIAN;
  const evaluate = (node: OpenNode, histogram: Histogram): void => {
    findBestSplit(layout, histogram, node.sums, parameters, node.split);
    node.histogram = histogram;
    if (node.split.gain === 0) release(node);
  };
  /** The node's derivatives lie in their order. */
  const histogramOf = (node: OpenNode, derivatives: LogisticDerivatives): Histogram => {
    const histogram = freeHistograms.pop() ?? createHistogram(cells);
    builder.build(node.start, node.end, derivatives, histogram);
    return histogram;
  };
  const leafAt = (place: number): OpenNode => {
    const leaf = (leaves[place] ??= createOpenNode());
    leaf.split.gain = 0;
    return leaf;
  };

  /** Gathers the derivatives of a node's rows beside each other, for the histogram to read in order. */
  const order = ({ start, end }: OpenNode, { gradients, hessians }: LogisticDerivatives): void => {
    for (let place = start; place < end; place++) {
      orderedGradients[place] = gradients[rows[place]];
      orderedHessians[place] = hessians[rows[place]];
    }
  };

  const evaluateChildren = (
    left: OpenNode,
    right: OpenNode,
    parent: Histogram,
    derivatives: LogisticDerivatives,
  ): void => {
    const [smaller, larger] = left.sums.count <= right.sums.count ? [left, right] : [right, left];
    if (!canSplit(smaller) && !canSplit(larger)) {
      freeHistograms.push(parent);
      return;
    }
    order(smaller, derivatives);
    const histogram = histogramOf(smaller, derivatives);
    subtractHistogram(parent, histogram);
    if (canSplit(larger)) evaluate(larger, parent);
    else freeHistograms.push(parent);
    if (canSplit(smaller)) evaluate(smaller, histogram);
    else freeHistograms.push(histogram);
  };

  const grow = (derivatives: LogisticDerivatives, table: NodeTable, rawScores: Float64Array): boolean => {
    rows.set(identity);
    const root = leafAt(0);
    Object.assign(root, { start: 0, end: rowCount, depth: 0 });
    sumDerivatives(derivatives, root.sums);
    if (maximumLeaves > 1 && canSplit(root)) {
      orderedGradients.set(derivatives.gradients);
      orderedHessians.set(derivatives.hessians);
      evaluate(root, histogramOf(root, derivatives));
    }
    if (root.split.gain === 0) return false;
    root.tableNode = table.addRoot();

    let leafCount = 1;
    while (leafCount < maximumLeaves) {
      const parent = leafOfMostGain(leaves, leafCount);
      if (parent === null || parent.histogram === null) break;
      const { feature, bin, left: leftSums } = parent.split;
      const middle = partitionRows(
        rows,
        parent.start,
        parent.end,
        binned.bins,
        feature * rowCount,
        bin,
        spare,
      );
      const leftNode = table.split(
        parent.tableNode,
        binned.columns[feature],
        binned.thresholds[feature][bin],
      );
      // The parent's place becomes the left child; the right one is new.
      const right = leafAt(leafCount++);
      right.start = middle;
      right.end = parent.end;
      right.depth = parent.depth + 1;
      right.tableNode = leftNode + 1;
      right.sums.gradient = parent.sums.gradient - leftSums.gradient;
      right.sums.hessian = parent.sums.hessian - leftSums.hessian;
      right.sums.count = parent.sums.count - leftSums.count;
      const { histogram } = parent;
      const left = parent;
      left.end = middle;
      left.depth += 1;
      left.tableNode = leftNode;
      left.sums.gradient = leftSums.gradient;
      left.sums.hessian = leftSums.hessian;
      left.sums.count = leftSums.count;
      left.split.gain = 0;
      left.histogram = null;
      if (leafCount < maximumLeaves) evaluateChildren(left, right, histogram, derivatives);
      else freeHistograms.push(histogram);
    }

    for (let place = 0; place < leafCount; place++) {
      const leaf = leaves[place];
      release(leaf);
      const value = (-learningRate * leaf.sums.gradient) / (leaf.sums.hessian + l2);
      table.setValue(leaf.tableNode, value);
      for (let at = leaf.start; at < leaf.end; at++) rawScores[rows[at]] += value;
    }
    return true;
  };
  return { grow };
}

const createOpenNode = (): OpenNode => ({
  tableNode: 0,
  start: 0,
  end: 0,
  depth: 0,
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

function sumDerivatives({ gradients, hessians }: LogisticDerivatives, sums: NodeSums): void {
  let gradient = 0;
  let hessian = 0;
  for (let row = 0; row < gradients.length; row++) {
    gradient += gradients[row];
    hessian += hessians[row];
  }
  sums.gradient = gradient;
  sums.hessian = hessian;
  sums.count = gradients.length;
}
