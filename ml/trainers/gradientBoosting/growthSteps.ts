import { type Crew, MAXIMUM_MEMBERS, parts } from '../../kernels/Crew.ts';
import type { KernelMemory } from '../../kernels/withKernelMemory.ts';
import { type DerivativeUnits, derivativeUnits } from './derivativeUnits.ts';
import type { HistogramLayout } from './layOutHistograms.ts';
import { MINIMUM_HESSIAN, type NodeSums, type Split } from './Split.ts';

// The steps of growing a tree as kernels on the crew's members: each step is parted by rows or by histogram columns. Where a step
// is too small to wake another member it is done here. All memory is taken once and used by every tree.

export interface GrowthOptions {
  readonly memory: KernelMemory;
  readonly crew: Crew;
  readonly layout: HistogramLayout;
  /** One a row, 0 or 1. */
  readonly labels: Uint8Array;
  /** Of label 0 and of label 1. */
  readonly weights: readonly [number, number];
  /** Every row's raw score before the first tree. */
  readonly base: number;
  readonly maximumLeaves: number;
  readonly minimumSamplesLeaf: number;
  readonly l2: number;
}

/** A node's cells, by their place. */
export type Histogram = number;

/** Rows whose step takes longer than waking another thread. */
const ROWS_WORTH_A_MEMBER = 8192;
const CELL_BYTES = 16;
/** Of a `Found`, see assembly/boosting.ts. */
const FOUND_BYTES = 48;

export function createGrowthSteps(options: GrowthOptions) {
  const { memory, crew, layout, weights } = options;
  const { kernels } = memory;
  const { columnCount, starts, binned } = layout;
  const { rowCount } = binned;
  const units = derivativeUnits(rowCount, weights);
  const plan = writePlan(options, units);
  const labels = memory.uint8(rowCount);
  labels.set(options.labels);
  const scores = memory.float64(rowCount).fill(options.base);
  const rows = memory.int32(rowCount);
  const spare = memory.int32(rowCount);
  // Two integers a row: gradient and hessian in their units.
  const derivatives = memory.int32(2 * rowCount);
  // Those of a node's smaller side, which has no more than half of the rows.
  const ordered = memory.int32(2 * Math.ceil(rowCount / 2));
  /** Where they would begin if they lay at their rows' places, as the kernels reckon. */
  const orderedFor = (start: number): number => ordered.byteOffset - 8 * start;
  const leafEnds = memory.int32(options.maximumLeaves);
  const leafValues = memory.float64(options.maximumLeaves);
  const freeHistograms: Histogram[] = [];
  const leftCounts = memory.int32(MAXIMUM_MEMBERS);
  const found = memory.uint8(2 * FOUND_BYTES * MAXIMUM_MEMBERS);
  const foundAt = new DataView(found.buffer, found.byteOffset, found.byteLength);
  const sums = memory.float64(3);

  const takeHistogram = (): Histogram =>
    freeHistograms.pop() ?? memory.uint8(starts[columnCount] * CELL_BYTES).byteOffset;

  /** Runs a kernel on each part of some rows or columns. */
  const onParts = (
    kernel: Parameters<Crew['run']>[1],
    bounds: readonly number[],
    argumentsOf: (from: number, to: number, part: number) => readonly number[],
  ): void =>
    crew.run(
      memory,
      kernel,
      bounds.slice(1).map((to, part) => argumentsOf(bounds[part], to, part)),
    );
  const rowParts = (start: number, end: number, grain = 1): number[] =>
    parts(crew, start, end, ROWS_WORTH_A_MEMBER, grain);
  /** The columns, parted where a node has rows enough. */
  const columnParts = (nodeRows: number): number[] =>
    parts(crew, 0, columnCount, nodeRows < ROWS_WORTH_A_MEMBER ? Number.POSITIVE_INFINITY : 2);

  /** Reads the best of what `partCount` members found of the first (0) or the second (1) node. */
  const readSplit = (partCount: number, node: 0 | 1, nodeScore: number, split: Split): void => {
    split.gain = 0;
    let best = Number.NEGATIVE_INFINITY;
    for (let part = 0; part < partCount; part++) {
      const at = FOUND_BYTES * (2 * part + node);
      const feature = foundAt.getInt32(at + 28, true);
      if (feature === -1) continue;
      const score = foundAt.getFloat64(at, true);
      if (score < best || (score === best && feature > split.feature)) continue;
      best = score;
      split.gain = score - nodeScore;
      split.feature = feature;
      split.bin = foundAt.getInt32(at + 32, true);
      split.left.gradient = foundAt.getFloat64(at + 8, true);
      split.left.hessian = foundAt.getFloat64(at + 16, true);
      split.left.count = foundAt.getInt32(at + 24, true);
    }
  };
  const scoreOf = ({ gradient, hessian }: NodeSums): number => (gradient * gradient) / (hessian + options.l2);

  /** Derivatives of all rows by their present scores; every row at its own place. */
  const begin = (): void =>
    onParts('beginTree', rowParts(0, rowCount, 2), (from, to) => [
      scores.byteOffset,
      labels.byteOffset,
      from,
      to,
      ...weights,
      1 / units.gradientUnit,
      1 / units.hessianUnit,
      derivatives.byteOffset,
      rows.byteOffset,
    ]);

  /** The histogram of all rows, and what they sum to. */
  const buildRoot = (into: NodeSums): Histogram => {
    const cells = takeHistogram();
    onParts('fillHistogram', columnParts(rowCount), (from, to) => [
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
    const bounds = columnParts(rowCount);
    onParts('findSplit', bounds, (from, to, part) => [
      plan,
      cells,
      from,
      to,
      node.gradient,
      node.hessian,
      node.count,
      minimumScore(score),
      found.byteOffset + 2 * FOUND_BYTES * part,
    ]);
    readSplit(bounds.length - 1, 0, score, split);
  };

  /**
   * Parts the rows at the places `start` to `end` by a split, and lays the derivatives of the smaller side in their order.
   * @returns where the right side begins
   */
  const part = (start: number, end: number, split: Split, orderedSide: 'left' | 'right' | null): number => {
    const { columnOf, slotOf } = layout;
    const slot = slotOf[split.feature];
    // In a shared column one value goes right, else all values above the bin.
    const [low, high] = slot > 0 ? [slot, slot] : [split.bin + 1, 255];
    const bounds = rowParts(start, end);
    onParts('partRows', bounds, (from, to, index) => [
      rows.byteOffset,
      from,
      to,
      layout.bins.byteOffset + columnOf[split.feature] * rowCount,
      low,
      high - low,
      spare.byteOffset,
      leftCounts.byteOffset + 4 * index,
    ]);
    let left = start;
    let right = start;
    for (let index = 0; index + 1 < bounds.length; index++) right += leftCounts[index];
    const middle = right;
    const sides = { left: 1, right: 2 };
    onParts('placeRows', bounds, (from, to, index) => {
      const lefts = leftCounts[index];
      const leftPlace = left;
      const rightPlace = right;
      left += lefts;
      right += to - from - lefts;
      return [
        spare.byteOffset,
        from,
        to,
        lefts,
        rows.byteOffset,
        leftPlace,
        rightPlace,
        orderedSide === null ? 0 : sides[orderedSide],
        derivatives.byteOffset,
        orderedFor(orderedSide === 'left' ? start : middle),
      ];
    });
    return middle;
  };

  /**
   * Builds the smaller child's histogram, makes the parent's that of the larger, and searches both for splits where they may split.
   * @param smaller its derivatives lie in their order
   * @returns the smaller child's histogram
   */
  const evaluate = (smaller: SearchedNode, larger: SearchedNode, parent: Histogram): Histogram => {
    const cells = takeHistogram();
    const bounds = columnParts(smaller.end - smaller.start);
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
      found.byteOffset + 2 * FOUND_BYTES * index,
    ]);
    readSplit(bounds.length - 1, 0, smallerScore, smaller.split);
    readSplit(bounds.length - 1, 1, largerScore, larger.split);
    return cells;
  };

  /** Adds the leaves' values to their rows' scores. @param leaves in the order of their places, all of them */
  const addLeaves = (leaves: readonly { readonly end: number; readonly value: number }[]): void => {
    leaves.forEach(({ end, value }, index) => {
      leafEnds[index] = end;
      leafValues[index] = value;
    });
    onParts('addLeafValues', rowParts(0, rowCount), (from, to) => {
      const first = leaves.findIndex(({ end }) => end > from);
      return [
        rows.byteOffset,
        from,
        to,
        leafEnds.byteOffset + 4 * first,
        leafValues.byteOffset + 8 * first,
        scores.byteOffset,
      ];
    });
  };

  return {
    rowCount,
    /** Raw scores of the rows so far. */
    scores,
    begin,
    buildRoot,
    searchRoot,
    part,
    evaluate,
    addLeaves,
    release: (histogram: Histogram): void => void freeHistograms.push(histogram),
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

/** The kernels' `Plan`, see assembly/boosting.ts. @returns its place */
export function writePlan(
  {
    memory,
    layout,
    l2,
    minimumSamplesLeaf,
  }: Pick<GrowthOptions, 'memory' | 'layout' | 'l2' | 'minimumSamplesLeaf'>,
  { gradientUnit, hessianUnit, countBits }: DerivativeUnits,
): number {
  const { bins, starts, columnOf, slotOf, binned } = layout;
  const copied = (values: Int32Array): number => {
    const copy = memory.int32(values.length);
    copy.set(values);
    return copy.byteOffset;
  };
  const numbers = memory.float64(8);
  numbers.set([l2, gradientUnit, hessianUnit]);
  new Uint32Array(numbers.buffer, numbers.byteOffset + 24).set([
    bins.byteOffset,
    binned.rowCount,
    copied(starts),
    binned.featureCount,
    copied(columnOf),
    copied(slotOf),
    minimumSamplesLeaf,
    countBits,
  ]);
  return numbers.byteOffset;
}
