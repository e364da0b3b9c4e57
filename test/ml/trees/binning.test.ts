import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { cutBetween, findThresholds } from '../../../ml/trainers/trees/findThresholds.ts';
import { binnedOf } from './binnedOf.ts';
import { matrixOf } from './drawnTables.ts';

const anyFloat = fc.float({ noNaN: true });
const cutsOf = (values: Float32Array, maximumBins: number): Float32Array =>
  findThresholds(values, maximumBins, new Float32Array(values.length));
const someFloats = fc.array(fc.oneof(anyFloat, fc.constantFrom(0, -0, 1, 2, 2.5, -1)), {
  minLength: 1,
  maxLength: 60,
});

describe('cutBetween', () => {
  for (const [name, lower, upper, expected] of [
    ['two whole numbers', 1, 2, 1.5],
    ['zero and one', 0, 1, 0.5],
    ['neighbours in float32, whose middle rounds up', 1 + 2 ** -23, 1 + 2 ** -22, 1 + 2 ** -23],
    ['neighbours in float32, whose middle rounds down', 1, 1 + 2 ** -23, 1],
    ['the smallest subnormal numbers', 2 ** -149, 2 ** -148, 2 ** -149],
    [
      'the largest number and infinity',
      3.4028234663852886e38,
      Number.POSITIVE_INFINITY,
      3.4028234663852886e38,
    ],
    ['both infinities', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [
      'the two largest numbers, whose sum no float32 holds',
      3e38,
      Math.fround(3.4e38),
      Math.fround((3e38 + Math.fround(3.4e38)) / 2),
    ],
  ] as const)
    it(`parts ${name}`, () => {
      assert.equal(cutBetween(lower, upper), expected);
    });

  it('keeps the lower value left and the upper one right, and equals neither where float32 has a value between', () => {
    fc.assert(
      fc.property(anyFloat, anyFloat, (first, second) => {
        fc.pre(first !== second);
        const [lower, upper] = [Math.min(first, second), Math.max(first, second)];
        const cut = cutBetween(lower, upper);
        assert.equal(cut, Math.fround(cut));
        assert.ok(lower <= cut && cut < upper);
        if (
          upper - lower > 4 * 2 ** -23 * Math.max(Math.abs(lower), Math.abs(upper)) &&
          Number.isFinite(lower + upper)
        )
          assert.ok(cut > lower || Math.abs(lower) < 2 ** -126);
      }),
    );
  });
});

describe('findThresholds', () => {
  it('parts all values where there are at most so many, and never makes more bins than asked for', () => {
    fc.assert(
      fc.property(someFloats, fc.integer({ min: 2, max: 256 }), (list, maximumBins) => {
        const values = Float32Array.from(list);
        const thresholds = cutsOf(values, maximumBins);
        assert.deepEqual(values, Float32Array.from(list));
        // Whoever has no more use for the values gives them as the scratch.
        assert.deepEqual(findThresholds(values, maximumBins, values), thresholds);
        const distinct = new Set(Array.from(list, value => value + 0)).size;
        assert.ok(thresholds.every((threshold, place) => place === 0 || thresholds[place - 1] < threshold));
        if (distinct <= maximumBins) assert.equal(thresholds.length, distinct - 1);
        else assert.ok(thresholds.length < maximumBins && thresholds.length > 0);
      }),
    );
  });

  it('cuts many values at their quantiles', () => {
    const values = Float32Array.from({ length: 1000 }, (_, row) => (row * 7) % 1000);
    assert.deepEqual([...cutsOf(values, 4)], [249.5, 499.5, 749.5]);
  });

  it('cuts below the largest value where a quantile falls on it', () => {
    const values = Float32Array.from({ length: 100 }, (_, row) => (row < 10 ? row : 10));
    assert.deepEqual([...cutsOf(values, 3)], [9.5]);
    assert.deepEqual([...cutsOf(values, 20)], [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]);
  });
});

describe('binMatrix', () => {
  it('puts a value into a bin at or below b exactly where it is at or below threshold b', () => {
    fc.assert(
      fc.property(someFloats, fc.integer({ min: 2, max: 256 }), (list, maximumBins) => {
        const matrix = matrixOf([list, list.map(() => 1)]);
        const { columns, thresholds, bins, featureCount } = binnedOf(matrix, maximumBins, 1);
        assert.equal(bins.length, featureCount * list.length);
        for (let feature = 0; feature < featureCount; feature++)
          for (let row = 0; row < list.length; row++)
            thresholds[feature].forEach((threshold, bin) =>
              assert.equal(
                bins[feature * list.length + row] <= bin,
                matrix.values[columns[feature] * list.length + row] <= threshold,
              ),
            );
      }),
    );
  });

  it('leaves out the columns that hold one value', () => {
    const { columns, thresholds } = binnedOf(
      matrixOf([
        [5, 5, 5],
        [1, 2, 1],
        [0, -0, 0],
        [1, 2, 3],
      ]),
      255,
      1,
    );
    assert.deepEqual([...columns], [1, 3]);
    assert.deepEqual(thresholds, [Float32Array.of(1.5), Float32Array.of(1.5, 2.5)]);
  });

  it('takes the thresholds of a long matrix from drawn rows: close to the quantiles, the same for the same seed', () => {
    const random = createRandom(9);
    const rowCount = 250_000;
    const matrix = matrixOf([Float32Array.from({ length: rowCount }, () => random.next())]);
    const first = binnedOf(matrix, 10, 4);
    assert.deepEqual(binnedOf(matrix, 10, 4), first);
    assert.notDeepEqual(binnedOf(matrix, 10, 5).thresholds, first.thresholds);
    // The standard error of a quantile of 200,000 uniform draws is at most 0.0011.
    first.thresholds[0].forEach((threshold, place) =>
      assert.ok(Math.abs(threshold - (place + 1) / 10) < 0.005, `threshold ${place} is ${threshold}`),
    );
  });

  for (const maximumBins of [1, 257, 2.5, Number.NaN])
    it(`refuses ${maximumBins} bins`, () => {
      assert.throws(() => binnedOf(matrixOf([[1, 2]]), maximumBins, 1), {
        name: 'RangeError',
        message: `maximumBins is ${maximumBins}; expected a whole number from 2 to 256`,
      });
    });
});
