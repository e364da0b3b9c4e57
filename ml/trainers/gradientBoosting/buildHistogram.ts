import type { HistogramLayout } from './layOutHistograms.ts';

// The hot loop of boosting: for every column, the sums of gradient and hessian and the number of rows in each bin. Four
// columns go side by side, so that a row's index and derivatives are read once for four bins. Nothing is allocated here.
// The derivatives lie on a grid (see logisticDerivatives.ts), so the sums are exact and their order means nothing.

export interface Histogram {
  /** Gradient and hessian of cell c at 2c and 2c + 1. */
  readonly sums: Float64Array;
  readonly counts: Int32Array;
}

export const createHistogram = (cells: number): Histogram => ({
  sums: new Float64Array(cells * 2),
  counts: new Int32Array(cells),
});

/**
 * Fills the histogram with the rows of one node.
 * @param rows the node's rows are `rows[start]` to `rows[end - 1]`
 * @param gradients of those rows, in their order, from place `start` on; hessians likewise
 */
export function buildHistogram(
  layout: HistogramLayout,
  rows: Int32Array,
  start: number,
  end: number,
  gradients: Float32Array,
  hessians: Float32Array,
  histogram: Histogram,
): void {
  const { columnCount, bins, starts } = layout;
  const { rowCount } = layout.binned;
  const { sums, counts } = histogram;
  sums.fill(0);
  counts.fill(0);
  let column = 0;
  for (; column + 4 <= columnCount; column += 4) {
    const binsA = column * rowCount;
    const binsB = binsA + rowCount;
    const binsC = binsB + rowCount;
    const binsD = binsC + rowCount;
    const cellA = starts[column];
    const cellB = starts[column + 1];
    const cellC = starts[column + 2];
    const cellD = starts[column + 3];
    for (let place = start; place < end; place++) {
      const row = rows[place];
      const gradient = gradients[place];
      const hessian = hessians[place];
      const a = cellA + bins[binsA + row];
      const b = cellB + bins[binsB + row];
      const c = cellC + bins[binsC + row];
      const d = cellD + bins[binsD + row];
      sums[2 * a] += gradient;
      sums[2 * a + 1] += hessian;
      counts[a] += 1;
      sums[2 * b] += gradient;
      sums[2 * b + 1] += hessian;
      counts[b] += 1;
      sums[2 * c] += gradient;
      sums[2 * c + 1] += hessian;
      counts[c] += 1;
      sums[2 * d] += gradient;
      sums[2 * d + 1] += hessian;
      counts[d] += 1;
    }
  }
  for (; column < columnCount; column++) {
    const binsA = column * rowCount;
    const cellA = starts[column];
    for (let place = start; place < end; place++) {
      const a = cellA + bins[binsA + rows[place]];
      sums[2 * a] += gradients[place];
      sums[2 * a + 1] += hessians[place];
      counts[a] += 1;
    }
  }
}

/** Makes a parent's histogram that of its larger child, by taking away the smaller child's. */
export function subtractHistogram(parent: Histogram, child: Histogram): void {
  const { sums, counts } = parent;
  const { sums: childSums, counts: childCounts } = child;
  for (let place = 0; place < sums.length; place++) sums[place] -= childSums[place];
  for (let cell = 0; cell < counts.length; cell++) counts[cell] -= childCounts[cell];
}
