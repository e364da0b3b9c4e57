import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { smote } from '../../ml/dataset/smote.ts';
import type { FeatureMatrix } from '../../ml/features/FeatureMatrix.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import { matrixOf } from '../support/matrixOf.ts';

const rowsOf = ({ rowCount, columnCount, values }: FeatureMatrix): number[][] =>
  Array.from({ length: rowCount }, (_, row) =>
    Array.from({ length: columnCount }, (_, column) => values[column * rowCount + row]),
  );
const squaredDistance = (one: number[], other: number[]): number =>
  one.reduce((sum, value, column) => sum + (value - other[column]) ** 2, 0);

function drawn(negatives: number, positives: number, columns: number) {
  const random = createRandom(21);
  const labels = random.shuffle(
    Uint8Array.from({ length: negatives + positives }, (_, row) => (row < positives ? 1 : 0)),
  );
  const rows = Array.from(labels, label =>
    Array.from({ length: columns }, () => Math.fround(random.normal() + label)),
  );
  return { matrix: matrixOf(rows), labels, rows };
}

/** Whether the point is on the line from the row to one of its five nearest rows of the same class, sorted naively. */
function liesBetweenNeighbours(point: number[], minority: number[][]): boolean {
  return minority.some(from =>
    minority
      .filter(other => other !== from)
      .sort((one, other) => squaredDistance(from, one) - squaredDistance(from, other))
      .slice(0, 5)
      .some(to => {
        const length = squaredDistance(from, to);
        const along = from.reduce(
          (sum, value, column) => sum + (point[column] - value) * (to[column] - value),
          0,
        );
        const gap = along / length;
        const foot = from.map((value, column) => value + gap * (to[column] - value));
        return gap > -1e-6 && gap < 1 + 1e-6 && squaredDistance(foot, point) < 1e-10;
      }),
  );
}

describe('smote', () => {
  for (const [name, negatives, positives, minorityLabel] of [
    ['positives', 60, 17, 1],
    ['negatives', 9, 40, 0],
  ] as const)
    it(`balances few ${name} by rows between neighbours, and leaves the rows as they were`, () => {
      const { matrix, labels, rows } = drawn(negatives, positives, 3);
      const grown = smote({ matrix, labels }, 5);
      const grownRows = rowsOf(grown.matrix);
      const minority = rows.filter((_, row) => labels[row] === minorityLabel);

      assert.deepEqual(grownRows.slice(0, rows.length), rows);
      assert.deepEqual(grown.labels.slice(0, rows.length), labels);
      assert.equal(grown.matrix.rowCount, 2 * Math.max(negatives, positives));
      assert.ok(grown.labels.slice(rows.length).every(label => label === minorityLabel));
      for (const made of grownRows.slice(rows.length))
        assert.ok(liesBetweenNeighbours(made, minority), `${made.join()} lies between no neighbours`);
    });

  it('makes equally many rows of each parent, up to one', () => {
    // Pairs of near points far apart: a made row betrays its pair.
    const pairs = [0, 100, 200, 300, 400, 500];
    const positives = pairs.flatMap(place => [
      place,
      place + 1e-3,
      place + 2e-3,
      place + 3e-3,
      place + 4e-3,
      place + 5e-3,
    ]);
    const negatives = Array.from({ length: 36 * 3 }, (_, row) => -row - 1);
    const grown = smote(
      {
        matrix: matrixOf([...positives, ...negatives].map(value => [value])),
        labels: Uint8Array.from({ length: 36 * 4 }, (_, row) => (row < 36 ? 1 : 0)),
      },
      9,
    );
    const made = rowsOf(grown.matrix).slice(36 * 4);
    for (const place of pairs)
      assert.equal(made.filter(([value]) => Math.abs(value - place) < 1).length, 12, `around ${place}`);
  });

  it('takes the one neighbour there is, and repeats a row that has none', () => {
    const two = smote(
      { matrix: matrixOf([[0], [8], [-1], [-2], [-3], [-4]]), labels: Uint8Array.of(1, 1, 0, 0, 0, 0) },
      1,
    );
    for (const [value] of rowsOf(two.matrix).slice(6)) assert.ok(value >= 0 && value <= 8, `${value}`);
    const one = smote({ matrix: matrixOf([[7], [1], [2]]), labels: Uint8Array.of(1, 0, 0) }, 1);
    assert.deepEqual(rowsOf(one.matrix).slice(3), [[7]]);
    assert.deepEqual([...one.labels], [1, 0, 0, 1]);
  });

  it('returns balanced rows as they are, repeats itself for a seed and not for another', () => {
    const balanced = drawn(5, 5, 2);
    assert.equal(smote(balanced, 1).matrix, balanced.matrix);
    const few = drawn(30, 8, 2);
    assert.deepEqual(smote(few, 1), smote(few, 1));
    assert.notDeepEqual(smote(few, 1), smote(few, 2));
  });

  it('refuses a single class', () => {
    assert.throws(() => smote({ matrix: matrixOf([[1], [2]]), labels: Uint8Array.of(0, 0) }, 1), {
      name: 'RangeError',
      message: /2 negative and 0 positive/,
    });
  });
});
