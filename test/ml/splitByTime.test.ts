import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { splitTable } from '../../ml/dataset/splitTable.ts';

const options = { holdoutShare: 0.25, folds: 3, seed: 1, by: 'time' } as const;

const tableOf = (labels: readonly number[], times: readonly number[]) => ({
  labels: Uint8Array.from(labels),
  eventTime: { column: 'month', times: Float64Array.from(times) },
});

describe('splitTable by time', () => {
  it('holds the latest out and makes each fold a period, as worked out by hand', () => {
    const times = [9, 1, 5, 3, 12, 7, 2, 10, 4, 11, 6, 8];
    const labels = [1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 1];
    assert.deepEqual(splitTable(tableOf(labels, times), options), {
      // 10, 11 and 12 are held out; 1–3, 4–6 and 7–9 are the folds.
      holdout: Int32Array.of(4, 7, 9),
      train: Int32Array.of(0, 1, 2, 3, 5, 6, 8, 10, 11),
      foldOf: Uint8Array.of(2, 0, 1, 0, 2, 0, 1, 1, 2),
    });
  });

  it('keeps the order of time and the rows of one moment together, whatever the ties', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 7, maxLength: 40 }),
        fc.integer({ min: 0, max: 1000 }),
        (folds, holdoutShare, sizes, seed) => {
          // Each moment has rows of both classes, so that no part can lack one; the rows come in another order than time's.
          const rows = sizes.flatMap((size, moment) =>
            Array.from({ length: size + 1 }, (_, index) => ({ time: moment * 3600, label: index % 2 })),
          );
          rows.sort((a, b) => ((a.time + 7 * a.label + seed) % 11) - ((b.time + 7 * b.label + seed) % 11));
          const table = tableOf(
            rows.map(({ label }) => label),
            rows.map(({ time }) => time),
          );
          const { train, holdout, foldOf } = splitTable(table, { ...options, folds, holdoutShare, seed });
          assert.deepEqual(
            [...train, ...holdout].sort((a, b) => a - b),
            [...rows.keys()],
          );
          const parts = [
            ...Array.from({ length: folds }, (_, fold) => train.filter((_, place) => foldOf[place] === fold)),
            holdout,
          ].map(part => Array.from(part, row => rows[row].time));
          for (let part = 1; part < parts.length; part++)
            assert.ok(Math.max(...parts[part - 1]) < Math.min(...parts[part]));
          // The cut is the nearest that ties allow: no further from the share than the moment beside it.
          const target = Math.round(rows.length * holdoutShare);
          const largest = Math.max(...sizes) + 1;
          const roomy = sizes.length > 3 * folds && target > largest && rows.length - target > 9 * folds;
          if (roomy) assert.ok(Math.abs(holdout.length - target) <= largest);
        },
      ),
    );
  });

  it('takes no part of the seed, and changes nothing of a random split', () => {
    const labels = Array.from({ length: 60 }, (_, row) => row % 2);
    const table = tableOf(
      labels,
      labels.map((_, row) => row),
    );
    assert.deepEqual(splitTable(table, options), splitTable(table, { ...options, seed: 2 }));
    const random = { holdoutShare: 0.25, folds: 3, seed: 1 };
    assert.deepEqual(splitTable(table, random), splitTable({ labels: table.labels }, random));
  });

  const hour = 3_600_000;
  for (const [name, table, message] of [
    ['a table without times', { labels: Uint8Array.of(0, 1) }, /no event times.*eventTime/],
    ['one time for all', tableOf([0, 1, 0, 1], [5, 5, 5, 5]), /month holds 1 different time;/],
    [
      'fewer times than parts',
      tableOf([0, 1, 0, 1, 0, 1], [1, 1, 2, 2, 3, 3]),
      /3 different times.*at least 4/,
    ],
    [
      'a holdout of one class',
      tableOf(
        [0, 1, 0, 1, 0, 1, 0, 0],
        [0, 0, 1, 1, 2, 2, 3, 3].map(time => time * hour),
      ),
      /the holdout \(2 rows, 1970-01-01T03.*no positive row/,
    ],
    [
      'a fold of one class',
      tableOf(
        [0, 1, 1, 1, 0, 1, 0, 1],
        [0, 0, 1, 1, 2, 2, 3, 3].map(time => time * hour),
      ),
      /fold 2 of 3 \(2 rows, 1970-01-01T01.*no negative row/,
    ],
  ] as const)
    it(`refuses ${name}`, () =>
      assert.throws(() => splitTable(table, options), { name: 'RangeError', message }));
});
