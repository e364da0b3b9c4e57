import { MAXIMUM_MEMBERS } from '../../kernels/Crew.ts';
import type { DerivativeUnits } from './derivativeUnits.ts';
import type { GrowthOptions } from './GrowthOptions.ts';
import { partedSteps } from './partedSteps.ts';
import type { Split } from './Split.ts';

/**
 * What is known of each row while trees grow: its score, its derivatives, and its place among the rows of its node. All memory is taken
 * once and used by every tree.
 */
export function createGrowingRows(options: GrowthOptions, units: DerivativeUnits) {
  const { memory, layout, weights } = options;
  const { rowCount } = layout.binned;
  const { onParts, rowParts } = partedSteps(options);
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
  const leftCounts = memory.int32(MAXIMUM_MEMBERS);

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
    /** Raw scores of the rows so far. */
    scores,
    /** The rows in the order of their places. */
    rows,
    derivatives,
    orderedFor,
    begin,
    part,
    addLeaves,
  };
}

export type GrowingRows = ReturnType<typeof createGrowingRows>;
