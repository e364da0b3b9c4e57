import { createFoundSplits } from './createFoundSplits.ts';
import type { GrowingRows } from './createGrowingRows.ts';
import type { DerivativeUnits } from './derivativeUnits.ts';
import type { GrowthOptions } from './GrowthOptions.ts';
import { partedSteps } from './partedSteps.ts';
import { MINIMUM_HESSIAN, type NodeSums, type Split } from './Split.ts';
import { writePlan } from './writePlan.ts';

/** A node's cells, by their place. */
export type Histogram = number;

const CELL_BYTES = 16;

/** The histograms of the nodes under way, and the splits that they show. */
export function createNodeHistograms(options: GrowthOptions, units: DerivativeUnits, growing: GrowingRows) {
  const { memory, layout } = options;
  const { kernels } = memory;
  const { columnCount, starts, binned } = layout;
  const { rowCount } = binned;
  const { rows, derivatives, orderedFor } = growing;
  const { onParts, columnParts } = partedSteps(options);
  const plan = writePlan(options, units);
  const found = createFoundSplits(memory);
  const sums = memory.float64(3);
  const free: Histogram[] = [];

  const take = (): Histogram => free.pop() ?? memory.uint8(starts[columnCount] * CELL_BYTES).byteOffset;
  const scoreOf = ({ gradient, hessian }: NodeSums): number => (gradient * gradient) / (hessian + options.l2);

  /** The histogram of all rows, and what they sum to. */
  const buildRoot = (into: NodeSums): Histogram => {
    const cells = take();
    onParts('fillHistogram', columnParts(columnCount, rowCount), (from, to) => [
      plan,
      rows.byteOffset,
      derivatives.byteOffset,
      0,
      rowCount,
      from,
      to,
      cells,
    ]);
    kernels.sumCells(plan, cells, sums.byteOffset);
    [into.gradient, into.hessian, into.count] = sums;
    return cells;
  };

  const searchRoot = (cells: Histogram, node: NodeSums, split: Split): void => {
    const score = scoreOf(node);
    const bounds = columnParts(columnCount, rowCount);
    onParts('findSplit', bounds, (from, to, part) => [
      plan,
      cells,
      from,
      to,
      node.gradient,
      node.hessian,
      node.count,
      minimumScore(score),
      found.placeOf(part),
    ]);
    found.read(bounds.length - 1, 0, score, split);
  };

  /**
   * Builds the smaller child's histogram, makes the parent's that of the larger, and searches both for splits where they may split.
   * @param smaller its derivatives lie in their order
   * @returns the smaller child's histogram
   */
  const evaluate = (smaller: SearchedNode, larger: SearchedNode, parent: Histogram): Histogram => {
    const cells = take();
    const bounds = columnParts(columnCount, smaller.end - smaller.start);
    const [smallerScore, largerScore] = [scoreOf(smaller.sums), scoreOf(larger.sums)];
    const minimumOf = ({ maySplit }: SearchedNode, score: number): number =>
      maySplit ? minimumScore(score) : Number.POSITIVE_INFINITY;
    onParts('evaluateChildren', bounds, (from, to, index) => [
      plan,
      rows.byteOffset,
      orderedFor(smaller.start),
      smaller.start,
      smaller.end,
      from,
      to,
      cells,
      parent,
      smaller.sums.gradient,
      smaller.sums.hessian,
      minimumOf(smaller, smallerScore),
      larger.sums.gradient,
      larger.sums.hessian,
      larger.sums.count,
      minimumOf(larger, largerScore),
      found.placeOf(index),
    ]);
    found.read(bounds.length - 1, 0, smallerScore, smaller.split);
    found.read(bounds.length - 1, 1, largerScore, larger.split);
    return cells;
  };

  return {
    buildRoot,
    searchRoot,
    evaluate,
    release: (histogram: Histogram): void => void free.push(histogram),
    mayHalve: ({ count, hessian }: NodeSums): boolean =>
      count >= 2 * options.minimumSamplesLeaf && hessian >= 2 * MINIMUM_HESSIAN,
  };
}

/** A gain within the rounding of the scores is none: without this a node of equal rows would be cut at random. */
const minimumScore = (score: number): number => score + 1e-12 * score;

interface SearchedNode {
  readonly start: number;
  readonly end: number;
  readonly sums: NodeSums;
  readonly maySplit: boolean;
  readonly split: Split;
}
