import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import { createRandom } from '../../random/createRandom.ts';
import type { BinnedMatrix } from './BinnedMatrix.ts';
import { findThresholds } from './findThresholds.ts';

// The binning step of histogram trees: float32 columns become one byte a value. The thresholds come from at most 200,000
// rows, as in scikit-learn, because more of them move no quantile by what a tree could notice.

const THRESHOLD_ROWS = 200_000;

/**
 * Bins every column that holds more than one value.
 * @param maximumBins 2 to 256
 * @param seed draws the rows that decide the thresholds of a long matrix
 */
export function binMatrix(matrix: FeatureMatrix, maximumBins: number, seed: number): BinnedMatrix {
  if (!Number.isInteger(maximumBins) || maximumBins < 2 || maximumBins > 256)
    throw new RangeError(`maximumBins is ${maximumBins}; expected a whole number from 2 to 256`);
  const { rowCount, columnCount } = matrix;
  const sampled = rowCount > THRESHOLD_ROWS ? sampleRows(rowCount, THRESHOLD_ROWS, seed) : null;
  const columns: number[] = [];
  const thresholds: Float32Array[] = [];
  for (let column = 0; column < columnCount; column++) {
    const values = columnOf(matrix, column);
    const cuts = findThresholds(sampled === null ? values : gather(values, sampled), maximumBins);
    if (cuts.length === 0) continue;
    columns.push(column);
    thresholds.push(cuts);
  }
  const bins = new Uint8Array(rowCount * columns.length);
  for (let feature = 0; feature < columns.length; feature++)
    binColumn(
      columnOf(matrix, columns[feature]),
      thresholds[feature],
      bins.subarray(feature * rowCount, (feature + 1) * rowCount),
    );
  return { rowCount, featureCount: columns.length, columns: Int32Array.from(columns), thresholds, bins };
}

const columnOf = ({ values, rowCount }: FeatureMatrix, column: number): Float32Array =>
  values.subarray(column * rowCount, (column + 1) * rowCount);

/** The bin of a value is the number of thresholds below it. */
function binColumn(values: Float32Array, thresholds: Float32Array, bins: Uint8Array): void {
  if (thresholds.length === 1) {
    const [threshold] = thresholds;
    for (let row = 0; row < values.length; row++) bins[row] = values[row] > threshold ? 1 : 0;
    return;
  }
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    let low = 0;
    let high = thresholds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value <= thresholds[middle]) high = middle;
      else low = middle + 1;
    }
    bins[row] = low;
  }
}

/** Rows in ascending order, each set of them equally likely (Knuth's selection sampling). */
function sampleRows(rowCount: number, count: number, seed: number): Int32Array {
  const random = createRandom(seed);
  const rows = new Int32Array(count);
  let taken = 0;
  for (let row = 0; taken < count; row++)
    if (random.next() * (rowCount - row) < count - taken) rows[taken++] = row;
  return rows;
}

function gather(values: Float32Array, rows: Int32Array): Float32Array {
  const gathered = new Float32Array(rows.length);
  for (let place = 0; place < rows.length; place++) gathered[place] = values[rows[place]];
  return gathered;
}
