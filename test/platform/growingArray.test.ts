import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { createGrowingArray } from '../../platform/tabular/createGrowingArray.ts';

describe('createGrowingArray', () => {
  it('keeps every value, however long it grows, and whatever addresses were set aside', () => {
    fc.assert(
      fc.property(fc.nat(40_000), fc.constantFrom(1, 2 ** 15, 2 ** 17, 2 ** 30), (length, reserved) => {
        const array = createGrowingArray(Int32Array, reserved);
        for (let value = 0; value < length; value++) array.push(7 * value);
        assert.equal(array.length, length);
        assert.ok(length === 0 || array.at(length - 1) === 7 * (length - 1));
        assert.deepEqual(
          array.finish(),
          Int32Array.from({ length }, (_, value) => 7 * value),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('grows where it is: no copy of a long array waits for the garbage collector', () => {
    const array = createGrowingArray(Float32Array);
    for (let value = 0; value < 10_000; value++) array.push(value);
    const early = array.finish();
    for (let value = 10_000; value < 1_000_000; value++) array.push(value);
    assert.equal(array.finish().buffer, early.buffer);
    assert.deepEqual([early.length, early[9999], array.finish()[999_999]], [10_000, 9999, 999_999]);
  });
});
