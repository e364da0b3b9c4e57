import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { splitTable } from '../../ml/dataset/splitTable.ts';
import { unitHasher } from '../../ml/dataset/unitHasher.ts';
import { stratifiedHoldout } from '../../ml/dataset/stratifiedSample.ts';

// Properties that every stratified draw keeps, on drawn class sizes; fast-check prints the seed of a counterexample.

const labelsOf = (negatives: number, positives: number): Uint8Array =>
  Uint8Array.from({ length: negatives + positives }, (_, row) =>
    // Spread the positives, so that order and class are not the same thing.
    Math.floor(((row + 1) * positives) / (negatives + positives)) >
    Math.floor((row * positives) / (negatives + positives))
      ? 1
      : 0,
  );
const positivesIn = (labels: Uint8Array, rows: Iterable<number>): number =>
  [...rows].reduce((sum, row) => sum + labels[row], 0);
const isAscending = (rows: Int32Array): boolean =>
  rows.every((row, place) => place === 0 || rows[place - 1] < row);

describe('splitTable', () => {
  it('parts every row once, keeps the class shares, and fills the folds evenly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 200 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer({ min: 0, max: 0xffffffff }),
        (folds, moreNegatives, morePositives, holdoutShare, seed) => {
          const negatives = folds + 1 + moreNegatives;
          const positives = folds + 1 + morePositives;
          const labels = labelsOf(negatives, positives);
          const { train, holdout, foldOf } = splitTable({ labels }, { holdoutShare, folds, seed });

          assert.ok(isAscending(train) && isAscending(holdout));
          assert.deepEqual(
            [...train, ...holdout].sort((a, b) => a - b),
            [...labels.keys()],
          );
          assert.equal(foldOf.length, train.length);
          const expectedPositives = Math.min(
            Math.max(1, Math.round(positives * holdoutShare)),
            positives - folds,
          );
          assert.equal(positivesIn(labels, holdout), expectedPositives);
          const members = Array.from({ length: folds }, (_, fold) =>
            train.filter((_, place) => foldOf[place] === fold),
          );
          const sizes = members.map(rows => rows.length);
          const positiveCounts = members.map(rows => positivesIn(labels, rows));
          const negativeCounts = sizes.map((size, fold) => size - positiveCounts[fold]);
          for (const counts of [sizes, positiveCounts, negativeCounts])
            assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `uneven folds: ${counts.join()}`);
          assert.ok(Math.min(...positiveCounts, ...negativeCounts) >= 1);
        },
      ),
    );
  });

  it('draws the same rows for the same seed and others for another', () => {
    const labels = labelsOf(300, 100);
    const options = { holdoutShare: 0.2, folds: 5, seed: 7 };
    assert.deepEqual(splitTable({ labels }, options), splitTable({ labels }, options));
    assert.notDeepEqual(
      splitTable({ labels }, options).holdout,
      splitTable({ labels }, { ...options, seed: 8 }).holdout,
    );
    assert.equal(splitTable({ labels }, options).holdout.length, 80);
  });

  it('keeps to the draw of the first release, which the registered versions were split by', () => {
    const labels = Uint8Array.of(0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0);
    assert.deepEqual(splitTable({ labels }, { holdoutShare: 0.25, folds: 3, seed: 1 }), {
      train: Int32Array.of(0, 3, 4, 5, 6, 7, 9, 10, 11),
      holdout: Int32Array.of(1, 2, 8),
      foldOf: Uint8Array.of(2, 0, 2, 1, 1, 1, 2, 0, 0),
    });
  });

  it('holds out who stands below the share, and holds them out as the table grows, whatever the seed', () => {
    const hashOf = unitHasher('churn');
    const tableOf = (rows: number) => ({
      // Most outcomes are known, some change from one version of the data to the next.
      labels: Uint8Array.from({ length: rows }, (_, row) =>
        Number(row % 4 === 0 || (rows > 3000 && row % 97 === 0)),
      ),
      unitHashes: Uint32Array.from({ length: rows }, (_, row) => hashOf(`customer ${row}`)),
    });
    const options = { holdoutShare: 0.2, folds: 5 };
    const [small, large] = [3000, 10_000].map((rows, seed) =>
      splitTable(tableOf(rows), { ...options, seed }),
    );
    assert.deepEqual(
      large.holdout.filter(row => row < 3000),
      small.holdout,
    );
    for (const [{ holdout, train, foldOf }, rows] of [
      [small, 3000],
      [large, 10_000],
    ] as const) {
      const { labels, unitHashes } = tableOf(rows);
      assert.ok(holdout.every(row => unitHashes[row] < 0.2 * 2 ** 32));
      assert.ok(train.every(row => unitHashes[row] >= 0.2 * 2 ** 32));
      // Four standard deviations of a binomial.
      assert.ok(Math.abs(holdout.length - rows / 5) < 4 * Math.sqrt(rows * 0.16));
      const sizes = Array.from({ length: 5 }, (_, fold) => foldOf.filter(each => each === fold).length);
      const positives = sizes.map((_size, fold) =>
        positivesIn(
          labels,
          train.filter((_row, place) => foldOf[place] === fold),
        ),
      );
      for (const counts of [sizes, positives]) assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
    }
  });

  it('holds out one of each class where nobody stands below the share, and leaves one for each fold where all do', () => {
    const labels = labelsOf(8, 8);
    const options = { folds: 5, seed: 1 };
    const unitHashes = Uint32Array.from(labels, (_, row) => 1000 * row + 1);
    const least = splitTable({ labels, unitHashes }, { ...options, holdoutShare: 1e-9 });
    const firstOf = (label: number): number => labels.indexOf(label);
    assert.deepEqual(
      [...least.holdout],
      [firstOf(0), firstOf(1)].sort((a, b) => a - b),
    );
    const most = splitTable({ labels, unitHashes }, { ...options, holdoutShare: 0.5 });
    assert.equal(positivesIn(labels, most.train), 5);
    assert.equal(most.train.length, 10);
  });

  for (const [name, labels, options, message] of [
    ['a class too small for the folds', labelsOf(50, 5), {}, /positive class has 5 of 55 rows.*at least 6/],
    ['a class that is absent', labelsOf(0, 50), {}, /negative class has 0 of 50 rows/],
    ['a share of 0', labelsOf(50, 50), { holdoutShare: 0 }, /holdoutShare is 0/],
    ['a share of 1', labelsOf(50, 50), { holdoutShare: 1 }, /holdoutShare is 1/],
    ['a share that is no number', labelsOf(50, 50), { holdoutShare: Number.NaN }, /holdoutShare is NaN/],
    ['a single fold', labelsOf(50, 50), { folds: 1 }, /folds is 1/],
    ['a broken number of folds', labelsOf(50, 50), { folds: 2.5 }, /folds is 2.5/],
    ['a label beside 0 and 1', Uint8Array.from([0, 1, 2]), {}, /label of row 2 is 2/],
  ] as const)
    it(`refuses ${name}`, () => {
      assert.throws(() => splitTable({ labels }, { holdoutShare: 0.2, folds: 5, seed: 1, ...options }), {
        name: 'RangeError',
        message,
      });
    });
});

describe('stratifiedHoldout', () => {
  it('parts every row once and holds the rounded share of each class back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 200 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer({ min: 0, max: 0xffffffff }),
        (negatives, positives, share, seed) => {
          const labels = labelsOf(negatives, positives);
          const { fit, validation } = stratifiedHoldout(labels, share, seed);
          assert.ok(isAscending(fit) && isAscending(validation));
          assert.deepEqual(
            [...fit, ...validation].sort((a, b) => a - b),
            [...labels.keys()],
          );
          const held = (count: number): number =>
            count < 2 ? 0 : Math.min(Math.max(1, Math.round(count * share)), count - 1);
          assert.equal(positivesIn(labels, validation), held(positives));
          assert.equal(validation.length, held(positives) + held(negatives));
        },
      ),
    );
  });

  it('is the same for the same seed, another for another, and refuses a share of 0', () => {
    const labels = labelsOf(90, 30);
    assert.deepEqual(stratifiedHoldout(labels, 0.1, 3), stratifiedHoldout(labels, 0.1, 3));
    assert.notDeepEqual(stratifiedHoldout(labels, 0.1, 3), stratifiedHoldout(labels, 0.1, 4));
    assert.throws(() => stratifiedHoldout(labels, 0, 1), /validation share is 0/);
  });
});
