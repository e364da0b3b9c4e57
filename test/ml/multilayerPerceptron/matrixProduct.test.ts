import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  type Place,
  padded,
  paddedRows,
  WorkspacePlan,
} from '../../../ml/trainers/multilayerPerceptron/createWorkspace.ts';
import { createRandom } from '../../../ml/random/createRandom.ts';

/** Small whole numbers: float32 sums of their products are exact, in whatever order. */
const fill = (values: Float32Array, seed: number): void => {
  const random = createRandom(seed);
  for (let index = 0; index < values.length; index++) values[index] = random.below(17) - 8;
};

const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 30 }),
  depth: fc.integer({ min: 1, max: 30 }),
  columns: fc.integer({ min: 1, max: 30 }),
  seed: fc.nat(),
});

describe('the matrix product module', () => {
  it('adds a × b exactly, and touches nothing beside', () => {
    fc.assert(
      fc.property(sizes, ({ rows, depth, columns, seed }) => {
        const plan = new WorkspacePlan();
        const a = plan.matrix(paddedRows(rows), padded(depth));
        const b = plan.matrix(padded(depth), padded(columns));
        const c = plan.matrix(paddedRows(rows), padded(columns));
        const guard = plan.matrix(1, 8);
        const workspace = plan.create();
        const view = (place: Place) => workspace.view(place);
        for (const place of [a, b, c, guard]) fill(view(place), seed + place.at);
        const expected = view(c).map((start, index) => {
          const [row, column] = [Math.floor(index / c.columns), index % c.columns];
          let sum = start;
          for (let p = 0; p < a.columns; p++)
            sum += view(a)[row * a.columns + p] * view(b)[p * b.columns + column];
          return sum;
        });
        const before = [a, b, guard].map(place => view(place).slice());
        workspace.addProduct(a, b, c, c.rows);
        assert.deepEqual(view(c), expected);
        assert.deepEqual(
          [a, b, guard].map(place => view(place)),
          before,
        );
      }),
    );
  });

  it('adds aᵀ × b exactly, over the first rows alone', () => {
    fc.assert(
      fc.property(sizes, ({ rows, depth, columns, seed }) => {
        const plan = new WorkspacePlan();
        const a = plan.matrix(depth + 3, padded(rows));
        const b = plan.matrix(depth + 3, padded(columns));
        const c = plan.matrix(padded(rows), padded(columns));
        const workspace = plan.create();
        const view = (place: Place) => workspace.view(place);
        for (const place of [a, b, c]) fill(view(place), seed + place.at);
        const expected = view(c).map((start, index) => {
          const [row, column] = [Math.floor(index / c.columns), index % c.columns];
          let sum = start;
          for (let p = 0; p < depth; p++)
            sum += view(a)[p * a.columns + row] * view(b)[p * b.columns + column];
          return sum;
        });
        workspace.addTransposedProduct(a, b, c, depth);
        assert.deepEqual(view(c), expected);
      }),
    );
  });
});
