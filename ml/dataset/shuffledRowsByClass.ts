import { createRandom } from '../random/createRandom.ts';
import { deriveSeed } from '../random/deriveSeed.ts';

/**
 * The row indices of each class, each list in a seeded random order of its own: what every stratified draw cuts.
 * @param labels one a row, 0 or 1
 * @throws RangeError where a label is neither 0 nor 1
 */
export function shuffledRowsByClass(labels: Uint8Array, seed: number): readonly [Int32Array, Int32Array] {
  let positives = 0;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] > 1) throw new RangeError(`label of row ${row} is ${labels[row]}; expected 0 or 1`);
    positives += labels[row];
  }
  const rows = [new Int32Array(labels.length - positives), new Int32Array(positives)] as const;
  const filled = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    rows[label][filled[label]] = row;
    filled[label] += 1;
  }
  for (const label of [0, 1] as const) createRandom(deriveSeed(seed, 'class', label)).shuffle(rows[label]);
  return rows;
}
