import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { type KernelMemory, withKernelMemory } from '../../../ml/kernels/withKernelMemory.ts';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { padded, paddedRows } from '../../../ml/trainers/multilayerPerceptron/tiles.ts';

// The perceptron's kernels against plain loops. Small whole numbers: float32 sums of their products are exact, in whatever
// order, so the bits must be equal. Each array is followed by a guard that nothing may touch.

const drawn = (memory: KernelMemory, length: number, seed: number): Float32Array => {
  const random = createRandom(seed);
  const values = memory.float32(length);
  for (let index = 0; index < length; index++) values[index] = random.below(17) - 8;
  memory.float32(8).fill(Math.fround(0.1));
  return values;
};

const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 30 }),
  depth: fc.integer({ min: 1, max: 30 }),
  columns: fc.integer({ min: 1, max: 30 }),
  seed: fc.nat(),
});

/** Runs a kernel on drawn arrays; the last is what it changes, and only as the twin says. */
function check(
  lengths: readonly number[],
  seed: number,
  kernel: (memory: KernelMemory, places: readonly number[]) => void,
  twin: (...arrays: Float32Array[]) => void,
): void {
  withKernelMemory(memory => {
    const arrays = lengths.map((length, index) => drawn(memory, length, seed + index));
    const whole = new Float32Array(memory.shared.buffer);
    const expected = whole.slice();
    twin(
      ...arrays.map(({ byteOffset, length }) => expected.subarray(byteOffset / 4, byteOffset / 4 + length)),
    );
    kernel(
      memory,
      arrays.map(({ byteOffset }) => byteOffset),
    );
    assert.ok(Buffer.from(whole.slice().buffer).equals(Buffer.from(expected.buffer)));
  });
}

describe('the kernels of the perceptron', () => {
  it('multiply adds a × b', () =>
    fc.assert(
      fc.property(sizes, ({ rows, depth, columns, seed }) => {
        const [tiled, stride, width] = [paddedRows(rows), padded(depth), padded(columns)];
        check(
          [tiled * stride, stride * width, tiled * width],
          seed,
          ({ kernels }, [a, b, c]) => kernels.multiply(a, 4 * stride, 4, b, c, tiled, width, depth),
          (a, b, c) => {
            for (let row = 0; row < tiled; row++)
              for (let column = 0; column < width; column++)
                for (let p = 0; p < depth; p++)
                  c[row * width + column] += a[row * stride + p] * b[p * width + column];
          },
        );
      }),
    ));

  it('multiply adds aᵀ × b, over the first rows alone', () =>
    fc.assert(
      fc.property(sizes, ({ rows, depth, columns, seed }) => {
        const [stride, width] = [padded(rows), padded(columns)];
        check(
          [(depth + 3) * stride, (depth + 3) * width, stride * width],
          seed,
          ({ kernels }, [a, b, c]) => kernels.multiply(a, 4, 4 * stride, b, c, stride, width, depth),
          (a, b, c) => {
            for (let row = 0; row < stride; row++)
              for (let column = 0; column < width; column++)
                for (let p = 0; p < depth; p++)
                  c[row * width + column] += a[p * stride + row] * b[p * width + column];
          },
        );
      }),
    ));

  it('fill, rectify, mask, sum and transpose', () =>
    fc.assert(
      fc.property(sizes, ({ rows, columns, seed }) => {
        const width = padded(columns);
        const length = rows * width;
        check(
          [width, length],
          seed,
          ({ kernels }, [row, target]) => kernels.fillRows(target, row, rows, width),
          (row, target) => target.forEach((_, at) => (target[at] = row[at % width])),
        );
        check(
          [length],
          seed,
          ({ kernels }, [values]) => kernels.rectify(values, length),
          values => values.forEach((value, at) => (values[at] = Math.max(value, 0))),
        );
        check(
          [length, length],
          seed,
          ({ kernels }, [activations, deltas]) => kernels.maskInactive(deltas, activations, length),
          (activations, deltas) => deltas.forEach((_, at) => activations[at] > 0 || (deltas[at] = 0)),
        );
        check(
          [length, width],
          seed,
          ({ kernels }, [values, target]) => kernels.addColumnSums(values, rows, width, target),
          (values, target) => values.forEach((value, at) => (target[at % width] += value)),
        );
        check(
          [length, length],
          seed,
          ({ kernels }, [source, target]) => kernels.transpose(source, rows, width, target),
          (source, target) =>
            source.forEach((value, at) => (target[(at % width) * rows + Math.floor(at / width)] = value)),
        );
      }),
    ));

  it('pass the output layer, forward and back', () =>
    fc.assert(
      fc.property(sizes, ({ rows, columns, seed }) => {
        const width = padded(columns);
        check(
          [rows * width, width, 2 * rows],
          seed,
          ({ kernels }, [activations, weights, logits]) =>
            kernels.outputLogits(activations, weights, 0.5, rows, width, logits),
          (activations, weights, logits) => {
            const found = new Float64Array(logits.buffer, logits.byteOffset, rows);
            for (let row = 0; row < rows; row++) {
              found[row] = 0.5;
              for (let unit = 0; unit < width; unit++)
                found[row] += activations[row * width + unit] * weights[unit];
            }
          },
        );
        check(
          [rows * width, rows, width],
          seed,
          ({ kernels }, [activations, derivatives, gradient]) =>
            kernels.addOutputGradient(activations, derivatives, rows, width, gradient),
          (activations, derivatives, gradient) =>
            activations.forEach(
              (value, at) => (gradient[at % width] += derivatives[Math.floor(at / width)] * value),
            ),
        );
        check(
          [rows * width, width, rows, rows * width],
          seed,
          ({ kernels }, [activations, weights, derivatives, deltas]) =>
            kernels.outputDeltas(activations, weights, derivatives, rows, width, deltas),
          (activations, weights, derivatives, deltas) =>
            deltas.forEach((_, at) => {
              // A product's zero may have a sign, a silent unit's has none.
              deltas[at] =
                activations[at] > 0 ? derivatives[Math.floor(at / width)] * weights[at % width] : 0;
            }),
        );
      }),
    ));

  it('gather rows, add the decay and step as Adam does', () =>
    withKernelMemory(memory => {
      const { kernels } = memory;
      const source = drawn(memory, 10 * 8, 1);
      const chosen = memory.int32(4);
      chosen.set([7, 0, 7, 9]);
      const target = drawn(memory, 4 * 8, 2);
      kernels.gatherRows(source.byteOffset, chosen.byteOffset, 4, 8, target.byteOffset);
      assert.deepEqual(
        [...target],
        [...chosen].flatMap(row => [...source.subarray(8 * row, 8 * row + 8)]),
      );

      const gradient = drawn(memory, 80, 3);
      const decayed = gradient.map((slope, at) => slope + 0.5 * source[at]);
      const squares = kernels.addDecay(source.byteOffset, gradient.byteOffset, 0.5, 80);
      assert.deepEqual(gradient, decayed);
      assert.equal(
        squares,
        source.reduce((sum, value) => sum + value * value, 0),
      );

      const first = memory.float64(80).map((_, at) => at);
      const second = memory.float64(80).map((_, at) => 80 - at);
      const [firstAt, secondAt] = [memory.float64(80), memory.float64(80)];
      firstAt.set(first);
      secondAt.set(second);
      const expected = source.map((parameter, at) => {
        first[at] = 0.9 * first[at] + (1 - 0.9) * gradient[at];
        second[at] = 0.75 * second[at] + (1 - 0.75) * gradient[at] * gradient[at];
        return parameter - (0.1 * first[at]) / (Math.sqrt(second[at]) + 1e-8);
      });
      kernels.adam(
        source.byteOffset,
        gradient.byteOffset,
        firstAt.byteOffset,
        secondAt.byteOffset,
        80,
        0.1,
        0.9,
        0.75,
        1e-8,
      );
      assert.deepEqual([source, firstAt, secondAt], [expected, first, second]);
    }));
});
