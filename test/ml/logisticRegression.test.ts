import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import { metricNames } from '../../ml/definition/ProjectDefinition.ts';
import { evaluate } from '../../ml/evaluation/evaluate.ts';
import { encode } from '../../ml/features/encode.ts';
import type { FeatureMatrix } from '../../ml/features/FeatureMatrix.ts';
import { fitEncoder } from '../../ml/features/fitEncoder.ts';
import { soloCrew } from '../../ml/kernels/Crew.ts';
import { withKernelMemory } from '../../ml/kernels/withKernelMemory.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import { fitLogisticRegression } from '../../ml/trainers/logisticRegression/fitLogisticRegression.ts';
import { lbfgsDirection } from '../../ml/trainers/logisticRegression/lbfgsDirection.ts';
import { logisticObjective } from '../../ml/trainers/logisticRegression/logisticObjective.ts';
import { minimise } from '../../ml/trainers/logisticRegression/minimise.ts';
import { newtonDirection } from '../../ml/trainers/logisticRegression/newtonDirection.ts';
import { scoreLinear } from '../../ml/trainers/logisticRegression/scoreLinear.ts';
import { assertClose } from '../support/assertClose.ts';
import { partedCrew } from '../support/partedCrew.ts';
import { matrixOf } from '../support/matrixOf.ts';
import { readGolden } from '../support/readGolden.ts';
import { telcoSplits, telcoTable } from '../support/telcoTable.ts';

const parameters = { l2: 1, maximumIterations: 200, tolerance: 1e-8, balanced: false };

/** Rows by a known linear model with noise; the last two columns are equal, the first is one-hot against the second. */
function drawn(
  rowCount: number,
  columnCount: number,
  seed: number,
): { matrix: FeatureMatrix; labels: Uint8Array } {
  const random = createRandom(seed);
  const rows = Array.from({ length: rowCount }, () => {
    const row = Array.from({ length: columnCount }, () => random.normal());
    row[0] = random.below(2);
    row[1] = 1 - row[0];
    row[columnCount - 1] = row[columnCount - 2];
    return row;
  });
  const labels = Uint8Array.from(rows, row => {
    const margin = row[0] * 1.5 + row[2] - 0.5 * row[columnCount - 1] - 1;
    return random.next() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
  });
  return { matrix: matrixOf(rows), labels };
}

/** The gradient of the objective, each component by its own sum over the rows: the naive twin. */
function naiveGradient(
  { rowCount, columnCount, values }: FeatureMatrix,
  labels: Uint8Array,
  weights: readonly [number, number],
  l2: number,
  intercept: number,
  coefficients: Float64Array,
): number[] {
  const residual = Array.from({ length: rowCount }, (_, row) => {
    let margin = intercept;
    for (let column = 0; column < columnCount; column++)
      margin += coefficients[column] * values[column * rowCount + row];
    return weights[labels[row]] * (1 / (1 + Math.exp(-margin)) - labels[row]);
  });
  const sums = Array.from(
    { length: columnCount },
    (_, column) =>
      residual.reduce((sum, value, row) => sum + value * values[column * rowCount + row], 0) +
      l2 * coefficients[column],
  );
  return [residual.reduce((sum, value) => sum + value, 0), ...sums];
}

describe('fitLogisticRegression', () => {
  it('finds the log odds without features that tell anything', () => {
    const model = fitLogisticRegression(
      matrixOf([[0], [0], [0], [0]]),
      Uint8Array.of(1, 0, 0, 0),
      parameters,
    );
    assertClose(model.intercept, Math.log(1 / 3), 1e-9);
    assert.deepEqual([...model.coefficients], [0]);
  });

  it('finds the log odds ratio of a two-by-two table without a penalty', () => {
    // x = 0: 6 of 10 positive; x = 1: 2 of 10 positive.
    const rows = Array.from({ length: 20 }, (_, row) => [row < 10 ? 0 : 1]);
    const labels = Uint8Array.from({ length: 20 }, (_, row) => (row < 6 || (row >= 10 && row < 12) ? 1 : 0));
    const model = fitLogisticRegression(matrixOf(rows), labels, { ...parameters, l2: 0 });
    assertClose(model.intercept, Math.log(6 / 4), 1e-9);
    assertClose(model.coefficients[0], Math.log(2 / 8) - Math.log(6 / 4), 1e-9);
  });

  for (const balanced of [false, true])
    it(`stands where the gradient is zero${balanced ? ', balanced' : ''}`, () => {
      const { matrix, labels } = drawn(400, 6, 11);
      const model = fitLogisticRegression(matrix, labels, { ...parameters, balanced });
      const positives = labels.filter(label => label === 1).length;
      const weights = balanced
        ? ([400 / (2 * (400 - positives)), 400 / (2 * positives)] as const)
        : ([1, 1] as const);
      for (const component of naiveGradient(matrix, labels, weights, 1, model.intercept, model.coefficients))
        assertClose(component, 0, 1e-7, 'gradient');
    });

  it('shares a weight out evenly between equal columns', () => {
    const { matrix, labels } = drawn(300, 5, 12);
    const { coefficients } = fitLogisticRegression(matrix, labels, parameters);
    assertClose(coefficients[3], coefficients[4], 1e-9);
    assertClose(coefficients[0], -coefficients[1], 1e-9);
  });

  it('agrees by Newton and by L-BFGS', () =>
    withKernelMemory(memory => {
      const { matrix, labels } = drawn(500, 12, 13);
      const objective = logisticObjective(memory, soloCrew, matrix, labels, [1, 1.5], 0.5);
      const stop = { maximumIterations: 2000, tolerance: 1e-7 };
      const newton = minimise(objective, newtonDirection(objective), stop);
      const lbfgs = minimise(objective, lbfgsDirection(), stop);
      for (const [index, value] of newton.entries())
        assertClose(lbfgs[index], value, 1e-7, `parameter ${index}`);
    }));

  it('stands where the gradient is zero though the Hessian is of some rows only, and to the bit for any parts', () => {
    const { matrix, labels } = drawn(120_001, 5, 17);
    const model = fitLogisticRegression(matrix, labels, parameters);
    for (const component of naiveGradient(matrix, labels, [1, 1], 1, model.intercept, model.coefficients))
      assertClose(component, 0, 1e-6, 'gradient');
    for (const size of [2, 3]) {
      const crew = partedCrew(size);
      assert.deepEqual(fitLogisticRegression(matrix, labels, parameters, crew), model);
      assert.ok(crew.steps() > 0);
    }
    withKernelMemory(memory => {
      const values = memory.float32(matrix.values.length);
      values.set(matrix.values);
      // Whatever lies behind the last of an odd number of rows, it counts for nothing.
      memory.float32(4).fill(Number.NaN);
      assert.deepEqual(fitLogisticRegression({ ...matrix, values }, labels, parameters), model);
    });
  });

  it('takes L-BFGS above 200 features and still stands where the gradient is zero', () => {
    const { matrix, labels } = drawn(300, 230, 14);
    const model = fitLogisticRegression(matrix, labels, {
      ...parameters,
      maximumIterations: 2000,
      tolerance: 1e-5,
    });
    for (const component of naiveGradient(matrix, labels, [1, 1], 1, model.intercept, model.coefficients))
      assertClose(component, 0, 2e-5, 'gradient');
  });

  for (const [rows, columns] of [
    [3, 2],
    [50, 4],
    [513, 7],
    [8193, 3],
  ])
    it(`has the value, the gradient and the Hessian of plain sums, ${rows} × ${columns}`, () =>
      withKernelMemory(memory => {
        const { matrix, labels } = drawn(rows, columns, 15);
        const [weights, l2] = [[0.7, 2], 0.3] as const;
        const objective = logisticObjective(memory, soloCrew, matrix, labels, weights, l2);
        const size = objective.parameterCount;
        const at = Float64Array.from({ length: size }, (_, index) => Math.sin(index + 1) / 2);
        const inputs = (row: number): number[] => [
          1,
          ...Array.from({ length: columns }, (_, column) => matrix.values[column * rows + row]),
        ];
        let expected = 0;
        const gradient = new Float64Array(size);
        const hessian = new Float64Array(size * size);
        for (let row = 0; row < rows; row++) {
          const x = inputs(row);
          const z = x.reduce((sum, value, index) => sum + value * at[index], 0);
          const p = 1 / (1 + Math.exp(-z));
          const weight = weights[labels[row]];
          expected -= weight * Math.log(labels[row] === 1 ? p : 1 - p);
          x.forEach((value, index) => {
            gradient[index] += weight * (p - labels[row]) * value;
            for (let other = 0; other <= index; other++)
              hessian[index * size + other] += weight * p * (1 - p) * value * x[other];
          });
        }
        for (let index = 1; index < size; index++) {
          expected += 0.5 * l2 * at[index] ** 2;
          gradient[index] += l2 * at[index];
          hessian[index * size + index] += l2;
        }
        const found = { gradient: new Float64Array(size), hessian: new Float64Array(size * size) };
        assertClose(objective.evaluate(at, found.gradient), expected, 1e-9 * rows, 'value');
        objective.hessianAt(at, found.hessian, 1);
        for (let index = 0; index < size; index++) {
          assertClose(found.gradient[index], gradient[index], 1e-10 * rows, `gradient ${index}`);
          for (let other = 0; other <= index; other++)
            assertClose(
              found.hessian[index * size + other],
              hessian[index * size + other],
              1e-10 * rows,
              `${index},${other}`,
            );
        }
      }));

  for (const [name, l2] of [
    ['with a penalty', 1],
    ['without one', 0],
  ] as const)
    it(`ends with finite weights on separated classes with equal columns, ${name}`, () => {
      const matrix = matrixOf([-2, -1, 1, 2].map(value => [value, value]));
      const labels = Uint8Array.of(0, 0, 1, 1);
      const model = fitLogisticRegression(matrix, labels, { ...parameters, l2 });
      assert.ok([model.intercept, ...model.coefficients].every(Number.isFinite));
      assert.deepEqual(
        [...scoreLinear(model, matrix)].map(probability => (probability > 0.5 ? 1 : 0)),
        [...labels],
      );
    });

  it('is the same to the bit when fitted again', () => {
    const { matrix, labels } = drawn(200, 6, 16);
    assert.deepEqual(
      fitLogisticRegression(matrix, labels, parameters),
      fitLogisticRegression(matrix, labels, parameters),
    );
  });

  for (const [name, run, message] of [
    [
      'a single class',
      () => fitLogisticRegression(matrixOf([[1], [2]]), Uint8Array.of(1, 1), parameters),
      /0 negative and 2 positive/,
    ],
    [
      'a negative penalty',
      () => fitLogisticRegression(matrixOf([[1], [2]]), Uint8Array.of(1, 0), { ...parameters, l2: -1 }),
      /l2 is -1/,
    ],
    [
      'a label too few',
      () => fitLogisticRegression(matrixOf([[1], [2]]), Uint8Array.of(1), parameters),
      /1 labels for 2 rows/,
    ],
    [
      'to score another number of columns',
      () =>
        scoreLinear({ kind: 'linear', intercept: 0, coefficients: Float64Array.of(1, 2) }, matrixOf([[1]])),
      /1 columns; expected 2/,
    ],
  ] as const)
    it(`refuses ${name}`, () => {
      assert.throws(run, { name: 'RangeError', message });
    });

  it('finds on Telco the coefficients and the figures that scikit-learn finds', function () {
    const table = telcoTable(this);
    const golden = readGolden(
      'logisticRegression',
      z.object({
        splits: z.array(
          z.object({
            balanced: z.boolean(),
            intercept: z.number(),
            coefficients: z.array(z.number()),
            holdout: z.record(z.enum(metricNames), z.number()),
          }),
        ),
      }),
    );
    const expected = golden.splits.values();
    for (const { train, holdout } of telcoSplits(table)) {
      const encoder = fitEncoder(table, train, { standardise: true });
      for (const balanced of [false, true]) {
        const model = fitLogisticRegression(encode(encoder, table, train), labelsOf(table, train), {
          ...parameters,
          balanced,
        });
        const theirs = expected.next().value;
        assert.ok(theirs !== undefined && theirs.balanced === balanced);
        // Both stand at the one minimum of the same strictly convex function; what differs is where each stopped.
        assertClose(model.intercept, theirs.intercept, 1e-6, 'intercept');
        assert.equal(model.coefficients.length, theirs.coefficients.length);
        for (const [index, coefficient] of theirs.coefficients.entries())
          assertClose(model.coefficients[index], coefficient, 1e-6, `coefficient ${index}`);
        const ours = evaluate(
          labelsOf(table, holdout),
          scoreLinear(model, encode(encoder, table, holdout)),
          0.5,
        );
        for (const metric of metricNames) assertClose(ours[metric], theirs.holdout[metric], 1e-6, metric);
      }
    }
    assert.equal(expected.next().done, true);
  });
});
