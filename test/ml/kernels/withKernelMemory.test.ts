import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { withKernelMemory } from '../../../ml/kernels/withKernelMemory.ts';

describe('withKernelMemory', () => {
  it('gives zeros at places that 16 divides, whatever the work before left behind', () => {
    for (const lengths of [
      [3, 100_000, 1, 5],
      [1, 7, 200_000, 2],
    ])
      withKernelMemory(memory => {
        const arrays = [
          memory.uint8(lengths[0]),
          memory.int32(lengths[1]),
          memory.float32(lengths[2]),
          memory.float64(lengths[3]),
        ];
        for (const array of arrays) {
          assert.equal(array.byteOffset % 16, 0);
          assert.ok(array.every(value => value === 0));
        }
        for (const [index, array] of arrays.entries()) array.fill(index + 1);
        for (const [index, array] of arrays.entries()) assert.ok(array.every(value => value === index + 1));
      });
  });

  it('gives a work within a work its own arrays of the same memory, and takes them back', () => {
    withKernelMemory(outer => {
      const outside = outer.float32(4).fill(1);
      const places = [1, 2].map(() =>
        withKernelMemory(inner => {
          assert.ok(inner.holds(outside));
          // The memory grows and shows another buffer.
          const { byteOffset } = inner.float32(200_000).fill(2);
          assert.ok(inner.holds(outside));
          return byteOffset;
        }),
      );
      assert.equal(places[0], places[1]);
      assert.deepEqual([...outside], [1, 1, 1, 1]);
      assert.deepEqual([...outer.float32(4)], [0, 0, 0, 0]);
      assert.ok(!outer.holds(new Float32Array(4)));
    });
  });

  it('refuses what 32-bit addresses cannot reach', () => {
    assert.throws(
      () => withKernelMemory(memory => memory.float64(2 ** 29 + 1)),
      /4 GiB .* sample of the rows/,
    );
  });
});
