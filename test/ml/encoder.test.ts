import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { describe, it } from 'mocha';
import { z } from 'zod';
import type { Column, Table } from '../../ml/dataset/Table.ts';
import type { Encoder } from '../../ml/features/Encoder.ts';
import { encode } from '../../ml/features/encode.ts';
import { quantileKnots } from '../../ml/features/quantileKnots.ts';
import { fitEncoder } from '../../ml/features/fitEncoder.ts';
import { readGolden } from '../support/readGolden.ts';
import { telcoSplits, telcoTable } from '../support/telcoTable.ts';

const numbers = (name: string, ...values: number[]): Column => ({
  kind: 'number',
  name,
  values: Float32Array.from(values),
});
/** '' is a missing value. */
const category = (name: string, ...texts: string[]): Column => {
  const levels = [...new Set(texts)].filter(text => text !== '').sort();
  return { kind: 'category', name, levels, codes: Int32Array.from(texts, text => levels.indexOf(text)) };
};
const tableOf = (...columns: Column[]): Table => {
  const [first] = columns;
  const rowCount = first.kind === 'number' ? first.values.length : first.codes.length;
  return { rowCount, columns, labels: new Uint8Array(rowCount) };
};
const allRows = (table: Table): Int32Array => Int32Array.from({ length: table.rowCount }, (_, row) => row);
const fitAll = (table: Table, standardise = false): Encoder =>
  fitEncoder(table, allRows(table), { standardise });
const levelsKept = (...texts: string[]): unknown[] =>
  fitAll(tableOf(category('c', ...texts))).features.map(feature => feature.kind === 'level' && feature.level);
const encodeAll = (encoder: Encoder, table: Table): number[][] => {
  const { rowCount, columnCount, values } = encode(encoder, table, allRows(table));
  return Array.from({ length: columnCount }, (_, column) => [
    ...values.subarray(column * rowCount, (column + 1) * rowCount),
  ]);
};

describe('fitEncoder', () => {
  it('takes median, mean and scale by hand, after imputation and from the training rows alone', () => {
    const table = tableOf(numbers('x', 1, Number.NaN, 3, 10, 1e6));
    const encoder = fitEncoder(table, Int32Array.of(3, 0, 1, 2), { standardise: true });
    // Of 1, 3, 10 the median is 3; filled: 1, 3, 3, 10 with mean 4.25 and variance 11.6875.
    assert.deepEqual(encoder, {
      inputs: [{ kind: 'number', name: 'x', fill: 3 }],
      features: [{ kind: 'number', input: 'x', mean: 4.25, scale: Math.fround(1 / Math.sqrt(11.6875)) }],
    });
  });

  it('takes the mean of the two middle values as the median of an even count', () => {
    assert.equal(fitAll(tableOf(numbers('x', 4, 1, 2, 9))).inputs[0].fill, 3);
  });

  it('leaves numbers as they are without standardise', () => {
    const table = tableOf(numbers('x', 0.1, Number.NaN, 7));
    const encoder = fitAll(table);
    assert.deepEqual(encoder.features, [{ kind: 'number', input: 'x', mean: 0, scale: 1 }]);
    assert.deepEqual(encodeAll(encoder, table), [[Math.fround(0.1), Math.fround(3.55), 7]]);
  });

  it('fills a category with its most frequent level, the first among equals', () => {
    const inputs = fitAll(
      tableOf(category('often', 'a', 'b', 'b', 'c', ''), category('equal', 'b', 'b', 'a', 'a', 'c')),
    ).inputs;
    assert.deepEqual(inputs, [
      { kind: 'category', name: 'often', fill: 'b', levels: ['a', 'b', 'c'] },
      { kind: 'category', name: 'equal', fill: 'a', levels: ['a', 'b', 'c'] },
    ]);
  });

  it('knows only the levels of the training rows, in code-unit order', () => {
    const table = tableOf(category('c', 'ä', 'z', 'Z', 'only elsewhere', 'a'));
    const encoder = fitEncoder(table, Int32Array.of(0, 1, 2, 4), { standardise: false });
    assert.deepEqual(
      encoder.features.map(feature => feature.kind === 'level' && feature.level),
      ['Z', 'a', 'z', 'ä'],
    );
  });

  it('makes one feature of two levels: the rarer, the second among equals', () => {
    assert.deepEqual(levelsKept('No', 'Yes', 'No'), ['Yes']);
    assert.deepEqual(levelsKept('No', 'Yes', 'Yes'), ['No']);
    assert.deepEqual(levelsKept('No', 'Yes'), ['Yes']);
  });

  it('makes no feature of a column that is constant or empty in the training rows, yet keeps it as an input', () => {
    const table = tableOf(
      numbers('empty', Number.NaN, Number.NaN, Number.NaN),
      numbers('constant', 5, Number.NaN, 5),
      category('no level', '', '', ''),
      category('one level', 'a', '', 'a'),
      numbers('x', 1, 2, 3),
    );
    const encoder = fitAll(table, true);
    assert.deepEqual(encoder.inputs, [
      { kind: 'number', name: 'empty', fill: 0 },
      { kind: 'number', name: 'constant', fill: 5 },
      { kind: 'category', name: 'no level', fill: '', levels: [] },
      { kind: 'category', name: 'one level', fill: 'a', levels: ['a'] },
      { kind: 'number', name: 'x', fill: 2 },
    ]);
    assert.deepEqual(
      encoder.features.map(feature => feature.input),
      ['x'],
    );
  });

  it('scales by 1 where the deviation has no finite reciprocal in float32', () => {
    const [feature] = fitAll(tableOf(numbers('x', 1e-44, 0)), true).features;
    assert.equal(feature.kind === 'number' && feature.scale, 1);
  });

  it('puts hinges at quantiles of the training rows that are observed values, with the scale of their number', () => {
    const table = tableOf(
      numbers('x', 5, 1, Number.NaN, 4, 2, 3, 1e6),
      category('c', 'a', 'b', 'a', 'b', 'a', 'b', 'a'),
    );
    const rows = Int32Array.of(0, 1, 2, 3, 4, 5);
    const [x, ...others] = fitEncoder(table, rows, { standardise: true, splineKnots: 2 }).features;
    assert.ok(x.kind === 'number');
    // Of 1, 2, 3, 4, 5 the places 5/3 and 10/3, rounded down, hold 2 and 4.
    assert.deepEqual(others, [
      { kind: 'hinge', input: 'x', knot: 2, scale: x.scale },
      { kind: 'hinge', input: 'x', knot: 4, scale: x.scale },
      { kind: 'level', input: 'c', level: 'b' },
    ]);
  });

  for (const [name, values, count, knots] of [
    ['none of two values', [0, 1, 0, 1, 1, 0], 4, []],
    ['none of one value', [7, 7], 4, []],
    ['none of no value', [Number.NaN], 4, []],
    ['none where none is asked for', [1, 2, 3, 4], 0, []],
    ['each only once', [0, 1, 1, 1, 1, 1, 2], 5, [1]],
    ['not at the ends', [1, 2, 3], 10, [2]],
    ['0, not −0', [-1, -0, 1], 2, [0]],
  ] as const)
    it(`makes knots: ${name}`, () => {
      const column = Float32Array.from(values);
      const rows = Int32Array.from(values, (_, row) => row);
      assert.deepEqual(quantileKnots(column, rows, count), knots);
    });

  for (const [name, table, rows, message] of [
    ['no row', tableOf(numbers('x', 1, 2)), Int32Array.of(), /no training row/],
    [
      'an infinite number',
      tableOf(numbers('x', 1, 1e39)),
      Int32Array.of(0, 1),
      /column x holds Infinity in row 1/,
    ],
    [
      'a table that does not vary',
      tableOf(numbers('x', 1, 1)),
      Int32Array.of(0, 1),
      /none of the 1 columns varies/,
    ],
  ] as const)
    it(`refuses ${name}`, () => {
      assert.throws(() => fitEncoder(table, rows, { standardise: false }), { name: 'RangeError', message });
    });
});

describe('encode', () => {
  const training = tableOf(
    category('two', 'No', 'No', 'Yes', 'No'),
    category('three', 'a', 'b', 'c', 'b'),
    numbers('x', 1, 2, 4, Number.NaN),
  );
  const encoder = fitAll(training, true);

  it('scores a missing value as the fill, and an unseen level of two as the frequent one, of three as none', () => {
    const serving = tableOf(
      category('two', '', 'Maybe', 'Yes', 'No'),
      category('three', '', 'unseen', 'c', 'a'),
      numbers('x', Number.NaN, 2, 4, 1),
    );
    const [two, a, b, c, x] = encodeAll(encoder, serving);
    assert.deepEqual(two, [0, 0, 1, 0]);
    assert.deepEqual(
      [a, b, c],
      [
        [0, 0, 0, 1],
        [1, 0, 0, 0],
        [0, 0, 1, 0],
      ],
    );
    assert.equal(x[0], x[1]);
  });

  it('finds columns by name and levels by text, whatever the order of the table', () => {
    const one = encodeAll(encoder, training);
    const { columns } = training;
    const renumbered = columns.map(column =>
      column.kind === 'number'
        ? column
        : {
            ...column,
            levels: ['another', ...column.levels.toReversed()],
            codes: column.codes.map(code => (code === -1 ? -1 : column.levels.length - code)),
          },
    );
    const other = { ...training, columns: [numbers('more', 0, 0, 0, 0), ...renumbered.toReversed()] };
    assert.deepEqual(encodeAll(encoder, other), one);
  });

  it('rounds to float32 after the subtraction and after the product', () => {
    const table = tableOf(numbers('x', 0.1, 16777216, 3.3333333));
    const [feature] = fitAll(table, true).features;
    assert.ok(feature.kind === 'number');
    const work = new Float32Array(1);
    const expected = [Math.fround(0.1), 16777216, Math.fround(3.3333333)].map(value => {
      work[0] = value - feature.mean;
      work[0] *= feature.scale;
      return work[0];
    });
    assert.deepEqual(encodeAll(fitAll(table, true), table), [expected]);
  });

  it('is 0 up to a hinge’s knot and its distance above, missing values at the fill, all in float32', () => {
    const table = tableOf(numbers('x', 0.1, 0.2, 0.3, 0.7, Number.NaN));
    const hinged: Encoder = {
      inputs: [{ kind: 'number', name: 'x', fill: Math.fround(0.7) }],
      features: [{ kind: 'hinge', input: 'x', knot: Math.fround(0.2), scale: Math.fround(1.3) }],
    };
    const [low, high] = [0.3, 0.7].map(value =>
      Math.fround(Math.fround(Math.fround(value) - Math.fround(0.2)) * Math.fround(1.3)),
    );
    assert.deepEqual(encodeAll(hinged, table), [[0, 0, low, high, high]]);
    assert.ok(encodeAll(hinged, table)[0].every(value => !Object.is(value, -0)));
  });

  it('takes some rows in their order', () => {
    const { values } = encode(
      fitAll(tableOf(numbers('x', 5, 6, 7))),
      tableOf(numbers('x', 5, 6, 7)),
      Int32Array.of(2, 0, 2),
    );
    assert.deepEqual([...values], [7, 5, 7]);
  });

  for (const [name, table, message] of [
    ['lacks a column', tableOf(numbers('x', 1)), /no column two; expected a category column/],
    [
      'holds one as the other kind',
      tableOf(numbers('two', 1), category('three', 'a'), numbers('x', 1)),
      /holds as number the column two; expected a category/,
    ],
  ] as const)
    it(`refuses a table that ${name}`, () => {
      assert.throws(() => encode(encoder, table, Int32Array.of(0)), { name: 'RangeError', message });
    });

  it('makes of Telco the very bytes that NumPy makes', function () {
    const table = telcoTable(this);
    const golden = readGolden(
      'encoding',
      z.object({
        splits: z.array(
          z.object({ standardise: z.boolean(), features: z.array(z.string()), crc32: z.number() }),
        ),
      }),
    );
    const expected = golden.splits.values();
    for (const { train, holdout } of telcoSplits(table))
      for (const standardise of [false, true]) {
        const fitted = fitEncoder(table, train, { standardise });
        const { values } = encode(fitted, table, holdout);
        assert.deepEqual(
          {
            standardise,
            features: fitted.features.map(feature =>
              feature.kind === 'level' ? `${feature.input}=${feature.level}` : feature.input,
            ),
            crc32: crc32(new Uint8Array(values.buffer)),
          },
          expected.next().value,
        );
      }
    assert.equal(expected.next().done, true);
  });
});
