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

  it('gives another memory to a work within a work', () => {
    withKernelMemory(outer => {
      const outside = outer.int32(4).fill(1);
      withKernelMemory(inner => inner.int32(4).fill(2));
      assert.deepEqual([...outside], [1, 1, 1, 1]);
    });
  });

  it('refuses what 32-bit addresses cannot reach', () => {
    assert.throws(
      () => withKernelMemory(memory => memory.float64(2 ** 29 + 1)),
      /4 GiB .* sample of the rows/,
    );
  });
});
