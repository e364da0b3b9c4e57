import type { FeatureMatrix } from '../../ml/features/FeatureMatrix.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import { sigmoid } from '../../ml/trainers/sigmoid.ts';

const columnCount = 20;

/**
 * Independent standard normal columns, of which eleven decide the outcome: linear, curved, stepped and in pairs, so that trees
 * have something to find that a line has not. A row is the same however many rows follow it.
 * @param seed the same seed gives the same bits
 */
export function drawSyntheticTable(
  rowCount: number,
  seed: number,
): { readonly matrix: FeatureMatrix; readonly labels: Uint8Array } {
  const random = createRandom(seed);
  const values = new Float32Array(rowCount * columnCount);
  const labels = new Uint8Array(rowCount);
  const x = new Float64Array(columnCount);
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      x[column] = random.normal();
      values[column * rowCount + row] = x[column];
    }
    const logOdds =
      0.8 * x[0] -
      0.6 * x[1] +
      0.5 * x[2] * x[3] +
      Math.sin(2 * x[4]) +
      (x[5] > 0.5 ? 0.4 : 0) -
      0.3 * x[6] ** 2;
    const more = 0.2 * x[7] * x[8] + 0.3 * x[9] - 0.25 * Math.abs(x[10]);
    labels[row] = random.next() < sigmoid(logOdds + more - 0.5) ? 1 : 0;
  }
  return { matrix: { rowCount, columnCount, values }, labels };
}
