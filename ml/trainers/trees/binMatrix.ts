import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';
import type { KernelMemory } from '../../kernels/withKernelMemory.ts';
import { createRandom } from '../../random/createRandom.ts';
import type { BinnedMatrix } from './BinnedMatrix.ts';
import { findThresholds } from './findThresholds.ts';

// The binning step of histogram trees: float32 columns become one byte a value. The thresholds come from at most 200,000
// rows, as in scikit-learn, because more of them move no quantile by what a tree could notice.

const THRESHOLD_ROWS = 200_000;
/** Values that are copied beside the kernels at a time. */
const CHUNK_ROWS = 2 ** 14;

/**
 * Bins every column that holds more than one value.
 * @param memory where the bins are left
 * @param maximumBins 2 to 256
 * @param seed draws the rows that decide the thresholds of a long matrix
 */
export function binMatrix(
  memory: KernelMemory,
  matrix: FeatureMatrix,
  maximumBins: number,
  seed: number,
): BinnedMatrix {
  if (!Number.isInteger(maximumBins) || maximumBins < 2 || maximumBins > 256)
    throw new RangeError(`maximumBins is ${maximumBins}; expected a whole number from 2 to 256`);
  const { rowCount, columnCount } = matrix;
  const sampled = rowCount > THRESHOLD_ROWS ? sampleRows(rowCount, THRESHOLD_ROWS, seed) : null;
  const scratch = memory.float32(sampled?.length ?? rowCount);
  const columns: number[] = [];
  const thresholds: Float32Array[] = [];
  for (let column = 0; column < columnCount; column++) {
    const values = columnOf(matrix, column);
    const seen = sampled === null ? values : gather(values, sampled, scratch);
    const cuts = findThresholds(seen, maximumBins, scratch);
    if (cuts.length === 0) continue;
    columns.push(column);
    thresholds.push(cuts);
  }
  const bins = memory.uint8(rowCount * columns.length);
  const values = memory.float32(CHUNK_ROWS);
  const cuts = memory.float32(255);
  for (let feature = 0; feature < columns.length; feature++) {
    cuts.fill(Number.POSITIVE_INFINITY).set(thresholds[feature]);
    const column = columnOf(matrix, columns[feature]);
    for (let row = 0; row < rowCount; row += CHUNK_ROWS) {
      const chunk = column.subarray(row, row + CHUNK_ROWS);
      values.set(chunk);
      const target = bins.byteOffset + feature * rowCount + row;
      memory.kernels.binValues(values.byteOffset, chunk.length, cuts.byteOffset, target);
    }
  }
  return { rowCount, featureCount: columns.length, columns: Int32Array.from(columns), thresholds, bins };
}

const columnOf = ({ values, rowCount }: FeatureMatrix, column: number): Float32Array =>
  values.subarray(column * rowCount, (column + 1) * rowCount);

/** Rows in ascending order, each set of them equally likely (Knuth's selection sampling). */
function sampleRows(rowCount: number, count: number, seed: number): Int32Array {
  const random = createRandom(seed);
  const rows = new Int32Array(count);
  let taken = 0;
  for (let row = 0; taken < count; row++)
    if (random.next() * (rowCount - row) < count - taken) rows[taken++] = row;
  return rows;
}

function gather(values: Float32Array, rows: Int32Array, target: Float32Array): Float32Array {
  for (let place = 0; place < rows.length; place++) target[place] = values[rows[place]];
  return target;
}
