import { createRandom } from '../../../ml/random/createRandom.ts';
import { type DrawnTable, matrixOf } from './drawnTables.ts';

/** A seeded table with something to learn and much noise: two numbers, a flag, a category of four levels, a distractor. */
export function noisyTable(rowCount: number, seed: number): DrawnTable {
  const random = createRandom(seed);
  const draw = (value: () => number): Float32Array => Float32Array.from({ length: rowCount }, value);
  const age = draw(() => random.normal());
  const spend = draw(() => Math.round(random.normal() * 20));
  const flag = draw(() => random.below(2));
  const level = draw(() => random.below(4));
  const distractor = draw(() => random.next());
  const labels = Uint8Array.from({ length: rowCount }, (_, row) =>
    age[row] +
      0.03 * spend[row] * (flag[row] === 1 ? 1 : -1) +
      (level[row] === 2 ? 1 : 0) +
      1.5 * random.normal() >
    0.8
      ? 1
      : 0,
  );
  const levels = [0, 1, 2, 3].map(wanted => level.map(value => (value === wanted ? 1 : 0)));
  return { matrix: matrixOf([age, spend, flag, ...levels, distractor]), labels };
}
