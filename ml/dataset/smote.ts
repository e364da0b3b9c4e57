import type { FeatureMatrix } from '../features/FeatureMatrix.ts';
import { type KernelMemory, withKernelMemory } from '../kernels/withKernelMemory.ts';
import { createRandom } from '../random/createRandom.ts';

// SMOTE (Chawla, Bowyer, Hall & Kegelmeyer 2002, figure 3): the smaller class grows to the size of the other by rows on the
// straight lines between its rows and their nearest neighbours. For a training part only: what is evaluated is never
// resampled. The neighbours are searched exhaustively, so the time grows with the square of the smaller class.

const neighbourCount = 5;

export interface LabelledMatrix {
  readonly matrix: FeatureMatrix;
  /** One a row of the matrix, 0 or 1. */
  readonly labels: Uint8Array;
}

/**
 * @returns the rows as they were, followed by the made ones, so that both classes have equally many
 * @throws RangeError where a class has no row
 */
export function smote({ matrix, labels }: LabelledMatrix, seed: number): LabelledMatrix {
  const { rowCount, columnCount } = matrix;
  let positives = 0;
  for (const label of labels) positives += label;
  const minorityLabel = positives * 2 <= rowCount ? 1 : 0;
  const minorityCount = Math.min(positives, rowCount - positives);
  if (minorityCount === 0)
    throw new RangeError(
      `SMOTE got ${rowCount - positives} negative and ${positives} positive rows; expected at least one of each`,
    );
  const missing = rowCount - 2 * minorityCount;
  if (missing === 0) return { matrix, labels };

  const points = rowMajor(matrix, labels, minorityLabel, minorityCount);
  const neighbours = withKernelMemory(memory =>
    nearestNeighbours(memory, points, minorityCount, columnCount),
  );
  const perRow = neighbours.length / minorityCount;
  const random = createRandom(seed);
  const grownCount = rowCount + missing;
  const values = new Float32Array(grownCount * columnCount);
  for (let column = 0; column < columnCount; column++)
    values.set(matrix.values.subarray(column * rowCount, (column + 1) * rowCount), column * grownCount);
  // Every row is parent of equally many made ones; chance decides only who has one more.
  const parents = random.shuffle(Int32Array.from({ length: minorityCount }, (_, index) => index));
  for (let made = 0; made < missing; made++) {
    const parent = parents[made % minorityCount];
    const neighbour = perRow === 0 ? parent : neighbours[parent * perRow + random.below(perRow)];
    const gap = random.next();
    for (let column = 0; column < columnCount; column++) {
      const from = points[parent * columnCount + column];
      const to = points[neighbour * columnCount + column];
      values[column * grownCount + rowCount + made] = from + gap * (to - from);
    }
  }
  const grownLabels = new Uint8Array(grownCount).fill(minorityLabel);
  grownLabels.set(labels);
  return { matrix: { rowCount: grownCount, columnCount, values }, labels: grownLabels };
}

function rowMajor(
  { rowCount, columnCount, values }: FeatureMatrix,
  labels: Uint8Array,
  label: number,
  count: number,
): Float32Array {
  const points = new Float32Array(count * columnCount);
  let point = 0;
  for (let row = 0; row < rowCount; row++) {
    if (labels[row] !== label) continue;
    for (let column = 0; column < columnCount; column++)
      points[point * columnCount + column] = values[column * rowCount + row];
    point += 1;
  }
  return points;
}

/** Up to five nearest other points of each, by squared Euclidean distance, the earlier among equals; flat, equally many each. */
function nearestNeighbours(
  memory: KernelMemory,
  points: Float32Array,
  count: number,
  columnCount: number,
): Int32Array {
  const { kernels } = memory;
  const kept = Math.min(neighbourCount, count - 1);
  const neighbours = new Int32Array(count * kept);
  const nearest = new Float64Array(kept);
  // Two at a time: an odd one is given a partner, whose distance nobody reads.
  const even = count + (count % 2);
  const columns = memory.float64(columnCount * even);
  for (let point = 0; point < count; point++)
    for (let column = 0; column < columnCount; column++)
      columns[column * even + point] = points[point * columnCount + column];
  const own = memory.float64(columnCount);
  const distances = memory.float64(even);
  for (let point = 0; point < count; point++) {
    own.set(points.subarray(point * columnCount, (point + 1) * columnCount));
    kernels.squaredDistances(own.byteOffset, columns.byteOffset, even, columnCount, distances.byteOffset);
    const first = point * kept;
    nearest.fill(Number.POSITIVE_INFINITY);
    for (let other = 0; other < count; other++) {
      const distance = distances[other];
      if (distance >= nearest[kept - 1] || other === point) continue;
      let place = kept - 1;
      for (; place > 0 && nearest[place - 1] > distance; place--) {
        nearest[place] = nearest[place - 1];
        neighbours[first + place] = neighbours[first + place - 1];
      }
      nearest[place] = distance;
      neighbours[first + place] = other;
    }
  }
  return neighbours;
}
