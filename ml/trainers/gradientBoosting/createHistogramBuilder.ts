import { instantiateWasm } from '../instantiateWasm.ts';
import { buildHistogram, type Histogram } from './buildHistogram.ts';
import { CELL_BYTES, COUNT_BITS, histogramModule, MAXIMUM_CALL_ROWS, WIDE } from './histogramModule.ts';
import type { HistogramLayout } from './layOutHistograms.ts';

// Histograms of the nodes of one tree after another. Large nodes are summed in WebAssembly; for small ones reading its cells
// would cost more than their rows, and those are summed by buildHistogram. Both give the same bits.

/** Units of the derivatives, see logisticDerivatives. */
export interface DerivativeUnits {
  readonly gradientUnit: number;
  readonly hessianUnit: number;
}

export interface HistogramBuilder {
  /** For the caller to fill: the rows of all nodes, each node's side by side. */
  readonly rows: Int32Array;
  /** For the caller to fill: the derivatives of the rows of the node to build, at the same places. */
  readonly gradients: Float32Array;
  readonly hessians: Float32Array;
  /** Fills the histogram with the node of `rows[start..end)`. */
  build(start: number, end: number, units: DerivativeUnits, histogram: Histogram): void;
}

/** Addresses beyond it are not worth the trouble: a table so large takes the slower way. */
const MAXIMUM_MEMORY_BYTES = 2 ** 31 - 2 ** 16;
/** Cells a row from which on the cells cost more than the rows save. */
const CELLS_PER_ROW = 4;

export function createHistogramBuilder(layout: HistogramLayout): HistogramBuilder {
  const { rowCount } = layout.binned;
  const { columnCount, starts } = layout;
  const cellCount = starts[columnCount];
  // Cells first, since they want places that 16 divides; bytes last.
  const rowsAt = cellCount * CELL_BYTES;
  const gradientsAt = rowsAt + 4 * rowCount;
  const hessiansAt = gradientsAt + 4 * rowCount;
  const binsAt = hessiansAt + 4 * rowCount;
  const memoryBytes = binsAt + layout.bins.length;
  if (memoryBytes > MAXIMUM_MEMORY_BYTES) return createPlainBuilder(layout);

  const { buffer, exported } = instantiateWasm(histogramModule(), memoryBytes);
  const wide = exported('wide');
  const narrow = exported('narrow');
  const rows = new Int32Array(buffer, rowsAt, rowCount);
  const gradients = new Float32Array(buffer, gradientsAt, rowCount);
  const hessians = new Float32Array(buffer, hessiansAt, rowCount);
  const bins = new Uint8Array(buffer, binsAt, layout.bins.length);
  bins.set(layout.bins);
  const inMemory: HistogramLayout = { ...layout, bins };
  const cells = new Uint32Array(buffer, 0, cellCount * 4);

  const binsOf = (column: number): number => binsAt + column * rowCount;
  const cellsOf = (column: number): number => starts[column] * CELL_BYTES;
  const accumulate = (start: number, end: number, perGradient: number, perHessian: number): void => {
    const first = rowsAt + 4 * start;
    const last = rowsAt + 4 * end;
    const gradient = gradientsAt + 4 * start;
    const hessian = hessiansAt + 4 * start;
    let column = 0;
    for (; column + WIDE <= columnCount; column += WIDE) {
      const [a, b, c, d] = [column, column + 1, column + 2, column + 3];
      wide(
        first,
        gradient,
        hessian,
        last,
        perGradient,
        perHessian,
        binsOf(a),
        binsOf(b),
        binsOf(c),
        binsOf(d),
        cellsOf(a),
        cellsOf(b),
        cellsOf(c),
        cellsOf(d),
      );
    }
    for (; column < columnCount; column++)
      narrow(first, gradient, hessian, last, perGradient, perHessian, binsOf(column), cellsOf(column));
  };
  const build = (start: number, end: number, units: DerivativeUnits, histogram: Histogram): void => {
    if (end - start < cellCount / CELLS_PER_ROW) {
      buildHistogram(inMemory, rows, start, end, gradients, hessians, histogram);
      return;
    }
    histogram.sums.fill(0);
    histogram.counts.fill(0);
    for (let from = start; from < end; from += MAXIMUM_CALL_ROWS) {
      cells.fill(0);
      accumulate(
        from,
        Math.min(from + MAXIMUM_CALL_ROWS, end),
        1 / units.gradientUnit,
        1 / units.hessianUnit,
      );
      addCells(cells, units, histogram);
    }
  };
  return { rows, gradients, hessians, build };
}

/** Each cell as four words: gradient low and high, then hessian and count, low and high. */
function addCells(
  cells: Uint32Array,
  { gradientUnit, hessianUnit }: DerivativeUnits,
  { sums, counts }: Histogram,
): void {
  for (let cell = 0; cell < counts.length; cell++) {
    const mixed = cells[4 * cell + 2];
    counts[cell] += mixed & (2 ** COUNT_BITS - 1);
    sums[2 * cell] += ((cells[4 * cell + 1] | 0) * 2 ** 32 + cells[4 * cell]) * gradientUnit;
    sums[2 * cell + 1] +=
      (cells[4 * cell + 3] * 2 ** (32 - COUNT_BITS) + (mixed >>> COUNT_BITS)) * hessianUnit;
  }
}

function createPlainBuilder(layout: HistogramLayout): HistogramBuilder {
  const { rowCount } = layout.binned;
  const rows = new Int32Array(rowCount);
  const gradients = new Float32Array(rowCount);
  const hessians = new Float32Array(rowCount);
  return {
    rows,
    gradients,
    hessians,
    build: (start, end, _units, histogram) =>
      buildHistogram(layout, rows, start, end, gradients, hessians, histogram),
  };
}
