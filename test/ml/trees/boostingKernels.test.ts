import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { type KernelMemory, withKernelMemory } from '../../../ml/kernels/withKernelMemory.ts';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { derivativeUnits } from '../../../ml/trainers/gradientBoosting/derivativeUnits.ts';
import { writePlan } from '../../../ml/trainers/gradientBoosting/writePlan.ts';
import {
  type HistogramLayout,
  layOutHistograms,
} from '../../../ml/trainers/gradientBoosting/layOutHistograms.ts';
import { binMatrix } from '../../../ml/trainers/trees/binMatrix.ts';
import { drawnTable } from './drawnTables.ts';
import { noisyTable } from './noisyTable.ts';

// The kernels of boosting against plain loops, to the bit.

/** Copies values into the memory. */
const placed = (memory: KernelMemory, values: Int32Array): Int32Array => {
  const copy = memory.int32(values.length);
  copy.set(values);
  return copy;
};

/** Columns of drawn bins, each feature a column of its own. */
function drawLayout(memory: KernelMemory, rowCount: number, sizes: readonly number[]): HistogramLayout {
  const random = createRandom(sizes.length);
  const starts = new Int32Array(sizes.length + 1);
  sizes.forEach((size, column) => {
    starts[column + 1] = starts[column] + size;
  });
  const bins = memory.uint8(rowCount * sizes.length);
  sizes.forEach((size, column) => {
    for (let row = 0; row < rowCount; row++) bins[column * rowCount + row] = random.below(size);
  });
  const columnOf = Int32Array.from(sizes, (_, column) => column);
  const thresholds = sizes.map(size => new Float32Array(size - 1));
  const binned = { rowCount, featureCount: sizes.length, columns: columnOf, thresholds, bins };
  return { binned, columnCount: sizes.length, bins, starts, columnOf, slotOf: new Int32Array(sizes.length) };
}

type Cell = readonly [gradient: bigint, hessianAndCount: bigint];

/** Cell by cell, as whole numbers of any size. */
function plainHistogram(
  { binned, bins, starts, columnCount }: HistogramLayout,
  rows: Int32Array,
  derivatives: Int32Array,
  countBits: number,
): Cell[] {
  const cells = Array.from({ length: starts[columnCount] }, () => [0n, 0n] as [bigint, bigint]);
  for (const [place, row] of rows.entries())
    for (let column = 0; column < columnCount; column++) {
      const cell = cells[starts[column] + bins[column * binned.rowCount + row]];
      cell[0] += BigInt(derivatives[2 * place]);
      cell[1] += (BigInt(derivatives[2 * place + 1]) << BigInt(countBits)) + 1n;
    }
  return cells;
}

function compareHistograms(
  memory: KernelMemory,
  layout: HistogramLayout,
  [from, to]: readonly [number, number],
  draw: () => readonly [number, number],
): void {
  const { rowCount } = layout.binned;
  const { columnCount, starts } = layout;
  const { kernels } = memory;
  const units = derivativeUnits(rowCount, [1, 1]);
  const plan = writePlan({ memory, layout, minimumSamplesLeaf: 1, l2: 0 }, units);
  // A permutation, so that a place and its row are told apart.
  const rows = placed(
    memory,
    Int32Array.from({ length: rowCount }, (_, place) => rowCount - 1 - place),
  );
  const derivatives = memory.int32(2 * rowCount);
  for (let place = 0; place < rowCount; place++) derivatives.set(draw(), 2 * place);
  const words = 2 * starts[columnCount];
  const cells = memory.float64(words);
  const longs = new BigInt64Array(cells.buffer, cells.byteOffset, words);
  // What another node left behind must not matter.
  longs.fill(7n);
  for (const [first, last] of [
    [0, columnCount >> 1],
    [columnCount >> 1, columnCount],
  ])
    kernels.fillHistogram(
      plan,
      rows.byteOffset,
      derivatives.byteOffset,
      from,
      to,
      first,
      last,
      cells.byteOffset,
    );
  const places = rows.subarray(from, to);
  const expected = plainHistogram(layout, places, derivatives.subarray(2 * from, 2 * to), units.countBits);
  assert.deepEqual(
    [...longs].map(long => BigInt.asUintN(64, long)),
    expected.flat().map(long => BigInt.asUintN(64, long)),
  );
  const sums = memory.float64(3);
  kernels.sumCells(plan, cells.byteOffset, sums.byteOffset);
  let [gradient, hessian] = [0, 0];
  for (let place = from; place < to; place++) {
    gradient += derivatives[2 * place] * units.gradientUnit;
    hessian += derivatives[2 * place + 1] * units.hessianUnit;
  }
  assert.deepEqual([...sums], [gradient, hessian, to - from]);

  // All but the rows of a child are left when the child's are taken away.
  const child = memory.float64(words);
  const middle = (from + to) >> 1;
  const fill = (first: number, last: number, target: Float64Array): void =>
    void kernels.fillHistogram(
      plan,
      rows.byteOffset,
      derivatives.byteOffset,
      first,
      last,
      0,
      columnCount,
      target.byteOffset,
    );
  fill(from, middle, child);
  kernels.subtractCells(plan, cells.byteOffset, child.byteOffset, 0, columnCount);
  fill(middle, to, child);
  assert.deepEqual(longs, new BigInt64Array(child.buffer, child.byteOffset, words));
}

describe('the histogram kernel', () => {
  const sizes = [256, 2, 31, 255, 5, 17, 3, 64, 2];
  const limit = 2 ** 24;
  for (let columns = 1; columns <= sizes.length; columns++)
    it(`sums what a plain loop sums, on ${columns} columns`, () => {
      const random = createRandom(columns);
      for (const part of [
        [0, 3000],
        [0, 1],
        [17, 1203],
        [2999, 3000],
        [5, 5],
      ] as const)
        withKernelMemory(memory =>
          compareHistograms(memory, drawLayout(memory, 3000, sizes.slice(0, columns)), part, () => [
            random.below(2 * limit + 1) - limit,
            random.below(limit + 1),
          ]),
        );
    });

  it('holds the largest sums of either sign in one cell', () => {
    const rowCount = 2 ** 20 - 1;
    for (const sign of [-1, 1])
      withKernelMemory(memory => {
        const layout = drawLayout(memory, rowCount, [2]);
        layout.bins.fill(1);
        compareHistograms(memory, layout, [0, rowCount], () => [sign * limit, limit]);
      });
  });
});

describe('derivativeUnits', () => {
  it('leaves room in 64 bits for the largest sums, whatever the number of rows', () => {
    for (const rowCount of [1, 2, 1000, 2 ** 20 - 1, 2 ** 20, 3_000_000, 2 ** 26]) {
      const { countBits, gradientUnit, hessianUnit } = derivativeUnits(rowCount, [1, 1]);
      assert.ok(2 ** countBits > rowCount);
      const largest = (BigInt(Math.round(0.25 / hessianUnit)) << BigInt(countBits)) + 1n;
      assert.ok(largest * BigInt(rowCount) < 2n ** 64n, `${rowCount} rows`);
      assert.ok((1 / gradientUnit) * rowCount < 2 ** 53);
    }
    assert.equal(derivativeUnits(1_000_000, [1, 1]).hessianUnit, 2 ** -26);
  });
});

describe('beginTree', () => {
  const { labels } = noisyTable(3001, 4);
  for (const [name, weights] of [
    ['unweighted', [1, 1]],
    ['weighted', [0.7, 5.3]],
  ] as const)
    it(`rounds p − y and p (1 − p) to their units, ${name}`, () =>
      withKernelMemory(memory => {
        const units = derivativeUnits(labels.length, weights);
        const scores = memory.float64(labels.length);
        scores.forEach((_, row) => {
          scores[row] = Math.sin(row) * (row % 100 === 0 ? 900 : 3);
        });
        const own = memory.uint8(labels.length);
        own.set(labels);
        const derivatives = memory.int32(2 * labels.length);
        const rows = memory.int32(labels.length);
        for (const [from, to] of [
          [0, 1000],
          [1000, 3001],
        ])
          memory.kernels.beginTree(
            scores.byteOffset,
            own.byteOffset,
            from,
            to,
            ...weights,
            1 / units.gradientUnit,
            1 / units.hessianUnit,
            derivatives.byteOffset,
            rows.byteOffset,
          );
        for (const [row, label] of labels.entries()) {
          const p = 1 / (1 + Math.exp(-scores[row]));
          const weight = weights[label];
          const found = [
            derivatives[2 * row] * units.gradientUnit,
            derivatives[2 * row + 1] * units.hessianUnit,
          ];
          assert.ok(Math.abs(found[0] - weight * (p - label)) <= units.gradientUnit * 0.5001);
          assert.ok(Math.abs(found[1] - weight * p * (1 - p)) <= units.hessianUnit * 0.5001);
          assert.equal(rows[row], row);
        }
      }));
});

describe('partRows and placeRows', () => {
  it('keep both sides in order, however many parts they are done in', () => {
    const draws = fc.record({
      bins: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 60 }),
      low: fc.integer({ min: 0, max: 5 }),
      span: fc.constantFrom(0, 250),
      cut: fc.float({ min: 0, max: 1, noNaN: true }),
      side: fc.constantFrom(1, 2),
    });
    fc.assert(
      fc.property(draws, ({ bins: list, low, span, cut, side }) =>
        withKernelMemory(memory => {
          const { kernels } = memory;
          const { length } = list;
          const bins = memory.uint8(length);
          bins.set(list);
          const before = Int32Array.from(list, (_, place) => length - 1 - place);
          const rows = placed(memory, before);
          const spare = memory.int32(length);
          const derivatives = placed(
            memory,
            Int32Array.from({ length: 2 * length }, (_, at) => 100 + at),
          );
          const ordered = memory.int32(2 * length);
          const lefts = memory.int32(2);
          const middle = Math.floor(cut * length);
          const bounds = middle > 0 && middle < length ? [0, middle, length] : [0, length];
          for (let part = 0; part + 1 < bounds.length; part++)
            kernels.partRows(
              rows.byteOffset,
              bounds[part],
              bounds[part + 1],
              bins.byteOffset,
              low,
              span,
              spare.byteOffset,
              lefts.byteOffset + 4 * part,
            );
          const goesRight = (row: number): boolean => list[row] >= low && list[row] <= low + span;
          const left = before.filter(row => !goesRight(row));
          const right = before.filter(goesRight);
          assert.equal(lefts[0] + (bounds.length > 2 ? lefts[1] : 0), left.length);
          let [leftPlace, rightPlace] = [0, left.length];
          for (let part = 0; part + 1 < bounds.length; part++) {
            kernels.placeRows(
              spare.byteOffset,
              bounds[part],
              bounds[part + 1],
              lefts[part],
              rows.byteOffset,
              leftPlace,
              rightPlace,
              side,
              derivatives.byteOffset,
              ordered.byteOffset,
            );
            leftPlace += lefts[part];
            rightPlace += bounds[part + 1] - bounds[part] - lefts[part];
          }
          assert.deepEqual([...rows], [...left, ...right]);
          const [from, to] = side === 1 ? [0, left.length] : [left.length, length];
          assert.deepEqual(
            [...ordered.subarray(2 * from, 2 * to)],
            [...rows.subarray(from, to)].flatMap(row => [100 + 2 * row, 101 + 2 * row]),
          );
        }),
      ),
    );
  });
});

const score = (g: number, h: number): number => (g * g) / (h + 0.5);

describe('findSplit', () => {
  it('finds the best cut that a plain loop over the cells finds', () => {
    fc.assert(
      fc.property(drawnTable(1, 40), fc.constantFrom(1, 3), fc.nat(), ({ matrix }, least, seed) =>
        withKernelMemory(memory => {
          const binned = binMatrix(memory, matrix, 255, 1);
          fc.pre(binned.featureCount > 0);
          const layout = layOutHistograms(memory, binned);
          const { columnCount, starts } = layout;
          const { rowCount } = matrix;
          const units = derivativeUnits(rowCount, [1, 1]);
          const plan = writePlan({ memory, layout, minimumSamplesLeaf: least, l2: 0.5 }, units);
          const random = createRandom(seed);
          const rows = placed(
            memory,
            Int32Array.from({ length: rowCount }, (_, row) => row),
          );
          const derivatives = memory.int32(2 * rowCount);
          for (let row = 0; row < rowCount; row++)
            derivatives.set([random.below(2 ** 25) - 2 ** 24, random.below(2 ** 24)], 2 * row);
          const cells = memory.float64(2 * starts[columnCount]);
          memory.kernels.fillHistogram(
            plan,
            rows.byteOffset,
            derivatives.byteOffset,
            0,
            rowCount,
            0,
            columnCount,
            cells.byteOffset,
          );
          const node = memory.float64(3);
          memory.kernels.sumCells(plan, cells.byteOffset, node.byteOffset);
          const [gradient, hessian, count] = node;
          let best = { score: score(gradient, hessian), feature: -1, bin: 0, sums: [0, 0, 0] };
          for (let feature = 0; feature < binned.featureCount; feature++)
            for (let bin = 0; bin < binned.thresholds[feature].length; bin++) {
              const sums = [0, 0, 0];
              for (const row of rows)
                if (binned.bins[feature * rowCount + row] <= bin) {
                  sums[0] += derivatives[2 * row] * units.gradientUnit;
                  sums[1] += derivatives[2 * row + 1] * units.hessianUnit;
                  sums[2] += 1;
                }
              const right = [gradient - sums[0], hessian - sums[1], count - sums[2]];
              if (Math.min(sums[2], right[2]) < least || Math.min(sums[1], right[1]) < 1e-3) continue;
              const found = score(sums[0], sums[1]) + score(right[0], right[1]);
              if (found > best.score) best = { score: found, feature, bin, sums };
            }
          const target = memory.float64(6);
          memory.kernels.findSplit(
            plan,
            cells.byteOffset,
            0,
            columnCount,
            gradient,
            hessian,
            count,
            score(gradient, hessian),
            target.byteOffset,
          );
          const integers = new Int32Array(target.buffer, target.byteOffset + 24, 3);
          assert.equal(integers[1], best.feature);
          if (best.feature === -1) return;
          assert.deepEqual(
            [target[0], target[1], target[2], integers[0], integers[2]],
            [best.score, ...best.sums, best.bin],
          );
        }),
      ),
    );
  });
});

describe('addLeafValues', () => {
  it("adds each leaf's value to its rows, for any part of the places", () => {
    withKernelMemory(memory => {
      const rows = placed(memory, Int32Array.of(4, 2, 0, 1, 3));
      const ends = placed(memory, Int32Array.of(2, 3, 5));
      const values = memory.float64(3);
      values.set([1, 10, 100]);
      const scores = memory.float64(5).fill(0.5);
      const add = (from: number, to: number, leaf: number): void =>
        void memory.kernels.addLeafValues(
          rows.byteOffset,
          from,
          to,
          ends.byteOffset + 4 * leaf,
          values.byteOffset + 8 * leaf,
          scores.byteOffset,
        );
      add(0, 1, 0);
      add(1, 4, 0);
      add(4, 5, 2);
      assert.deepEqual([...scores], [10.5, 100.5, 1.5, 100.5, 1.5]);
    });
  });
});
