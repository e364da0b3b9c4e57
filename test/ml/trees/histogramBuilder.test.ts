import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { buildHistogram, createHistogram } from '../../../ml/trainers/gradientBoosting/buildHistogram.ts';
import { createHistogramBuilder } from '../../../ml/trainers/gradientBoosting/createHistogramBuilder.ts';
import { MAXIMUM_CALL_ROWS } from '../../../ml/trainers/gradientBoosting/histogramModule.ts';
import type { HistogramLayout } from '../../../ml/trainers/gradientBoosting/layOutHistograms.ts';

// The WebAssembly histogram against the plain loop, to the bit.

const units = { gradientUnit: 2 ** -23, hessianUnit: 2 ** -25 };

function drawLayout(rowCount: number, sizes: readonly number[], seed: number): HistogramLayout {
  const random = createRandom(seed);
  const starts = new Int32Array(sizes.length + 1);
  sizes.forEach((size, column) => {
    starts[column + 1] = starts[column] + size;
  });
  const bins = new Uint8Array(rowCount * sizes.length);
  sizes.forEach((size, column) => {
    for (let row = 0; row < rowCount; row++) bins[column * rowCount + row] = random.below(size);
  });
  const columnOf = Int32Array.from(sizes, (_, column) => column);
  const binned = {
    rowCount,
    featureCount: sizes.length,
    columns: columnOf,
    thresholds: sizes.map(size => new Float32Array(size - 1)),
    bins,
  };
  return { binned, columnCount: sizes.length, bins, starts, columnOf, slotOf: new Int32Array(sizes.length) };
}

/** Builds `rows[start..end)` both ways. @param draw a row's gradient and hessian in their units */
function compare(
  layout: HistogramLayout,
  [start, end]: readonly [number, number],
  draw: () => readonly [number, number],
): void {
  const { rowCount } = layout.binned;
  const builder = createHistogramBuilder(layout);
  for (let row = 0; row < rowCount; row++) {
    // A permutation, so that a place and its row are told apart.
    builder.rows[row] = rowCount - 1 - row;
    const [gradient, hessian] = draw();
    builder.gradients[row] = gradient * units.gradientUnit;
    builder.hessians[row] = hessian * units.hessianUnit;
  }
  const cells = layout.starts[layout.columnCount];
  const expected = createHistogram(cells);
  const { rows, gradients, hessians } = builder;
  buildHistogram(layout, rows, start, end, gradients, hessians, expected);
  const found = createHistogram(cells);
  found.sums.fill(Number.NaN);
  found.counts.fill(7);
  // Twice: nothing may be left of the node before.
  for (let time = 0; time < 2; time++) {
    builder.build(start, end, units, found);
    assert.ok(Buffer.from(found.sums.buffer).equals(Buffer.from(expected.sums.buffer)), 'sums');
    assert.deepEqual(found.counts, expected.counts);
  }
}

describe('the WebAssembly histogram', () => {
  const sizes = [256, 2, 31, 255, 5, 17, 3, 64, 2];
  for (let columns = 1; columns <= sizes.length; columns++)
    it(`is the plain loop's to the bit on ${columns} columns`, () => {
      const random = createRandom(columns);
      const layout = drawLayout(3000, sizes.slice(0, columns), columns);
      const limit = 2 ** 24;
      for (const part of [
        [0, 3000],
        [0, 1],
        [17, 1203],
        [2999, 3000],
        [5, 5],
      ] as const)
        compare(layout, part, () => [random.below(2 * limit + 1) - limit, random.below(limit + 1)]);
    });

  it('holds the largest sums of either sign, beyond the rows of one call', () => {
    const rowCount = MAXIMUM_CALL_ROWS + 1000;
    const layout = drawLayout(rowCount, [2, 1], 1);
    layout.bins.fill(1, 0, rowCount);
    for (const sign of [-1, 1]) compare(layout, [0, rowCount], () => [sign * 2 ** 24, 2 ** 24]);
  });
});
