import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { z } from 'zod';
import type { Table } from '../../../ml/dataset/Table.ts';
import { rocAuc } from '../../../ml/evaluation/rocAuc.ts';
import { createRandom } from '../../../ml/random/createRandom.ts';
import { calibrationBins } from '../../../ml/report/calibrationBins.ts';
import { thresholdPoints } from '../../../ml/report/curves.ts';
import { partialDependence } from '../../../ml/report/partialDependence.ts';
import { permutationImportance } from '../../../ml/report/permutationImportance.ts';
import { probabilityDistribution } from '../../../ml/report/probabilityDistribution.ts';
import { sliceMetrics } from '../../../ml/report/sliceMetrics.ts';
import { sliceRows } from '../../../ml/report/sliceRows.ts';
import { aucVariance } from '../../../ml/statistics/aucVariance.ts';
import { holm } from '../../../ml/statistics/holm.ts';
import { normalTail } from '../../../ml/statistics/normalTail.ts';
import { wilsonInterval } from '../../../ml/statistics/wilsonInterval.ts';
import { assertClose } from '../../support/assertClose.ts';
import { readGolden } from '../../support/readGolden.ts';

const numbers = z.array(z.number());
const golden = readGolden(
  'modelReport',
  z.object({
    features: z.array(numbers),
    labels: numbers,
    intercept: z.number(),
    coefficients: numbers,
    probabilities: numbers,
    roc: z.object({ thresholds: numbers, falsePositiveRate: numbers, truePositiveRate: numbers }),
    precisionRecall: z.object({ thresholds: numbers, precision: numbers, recall: numbers }),
    calibration: z.object({ rate: numbers, meanProbability: numbers }),
    importance: z.object({ mean: numbers, sd: numbers }),
    dependence: z.array(z.object({ grid: numbers, average: numbers })),
    normalTail: z.array(z.tuple([z.number(), z.number()])),
    wilson: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
  }),
);
const labels = Uint8Array.from(golden.labels);
const probabilities = Float64Array.from(golden.probabilities);
const columns = ['a', 'b', 'c'];
const table: Table = {
  rowCount: labels.length,
  labels,
  columns: columns.map((name, place) => ({
    kind: 'number',
    name,
    values: Float32Array.from(golden.features, row => row[place]),
  })),
};

/** scikit-learn's model as a formula. */
const score = async ({ rowCount, columns: given }: Table): Promise<Float64Array> =>
  Float64Array.from({ length: rowCount }, (_, row) => {
    const logit = golden.coefficients.reduce((sum, coefficient, place) => {
      const column = given[place];
      return sum + (column.kind === 'number' ? coefficient * column.values[row] : Number.NaN);
    }, golden.intercept);
    return 1 / (1 + Math.exp(-logit));
  });

const wins = (one: number, other: number): number => (one > other ? 1 : one === other ? 0.5 : 0);
const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;

const variance = (list: readonly number[]): number =>
  list.reduce((sum, value) => sum + (value - mean(list)) ** 2, 0) / (list.length - 1);

/** A model that knows nothing of `group`: there the outcome is turned round for one level, or not. */
const grouped = (turned: boolean): { table: Table; scores: Float64Array } => {
  const random = createRandom(5);
  const rowCount = 2000;
  const scores = Float64Array.from({ length: rowCount }, () => random.next());
  const codes = Int32Array.from({ length: rowCount }, () => random.below(2));
  const drawn = Uint8Array.from(scores, (chance, row) =>
    random.next() < (turned && codes[row] === 1 ? 1 - chance : chance) ? 1 : 0,
  );
  const group = { kind: 'category', name: 'group', levels: ['good', 'odd'], codes } as const;
  return { table: { rowCount, labels: drawn, columns: [group] }, scores };
};

describe('a report’s figures against scikit-learn and scipy', () => {
  it('ROC and precision-recall go through the same points, thinned', () => {
    const points = thresholdPoints(labels, probabilities);
    assert.equal(points.length, 200);
    assert.equal(points[0].threshold, Math.max(...probabilities));
    assert.deepEqual([points[199].truePositiveRate, points[199].falsePositiveRate], [1, 1]);
    for (const point of points) {
      const { roc, precisionRecall } = golden;
      const step = roc.thresholds.indexOf(point.threshold);
      const place = precisionRecall.thresholds.indexOf(point.threshold);
      assert.ok(step >= 0, `${point.threshold} is a threshold of scikit-learn`);
      assertClose(point.falsePositiveRate, roc.falsePositiveRate[step], 1e-13);
      assertClose(point.truePositiveRate, roc.truePositiveRate[step], 1e-13);
      // scikit-learn leaves thresholds out below which recall is 1 already.
      if (place < 0) assert.equal(point.truePositiveRate, 1);
      else {
        assertClose(point.precision, precisionRecall.precision[place], 1e-13);
        assertClose(point.truePositiveRate, precisionRecall.recall[place], 1e-13);
      }
    }
  });

  it('the reliability curve is calibration_curve, with Wilson’s intervals around it', () => {
    const bins = calibrationBins(labels, probabilities);
    assert.equal(bins.length, golden.calibration.rate.length);
    for (const [place, bin] of bins.entries()) {
      assertClose(bin.rate, golden.calibration.rate[place], 1e-13);
      assertClose(bin.meanProbability, golden.calibration.meanProbability[place], 1e-13);
      assert.ok(bin.low <= bin.rate && bin.rate <= bin.high);
    }
    for (const [count, rows, low, high] of golden.wilson) {
      assertClose(wilsonInterval(count, rows).low, low, 1e-12);
      assertClose(wilsonInterval(count, rows).high, high, 1e-12);
    }
  });

  it('permutation importance is permutation_importance, as far as the draws of both allow', async () => {
    const repeats = 400;
    const ours = await permutationImportance({ table, columns, score, repeats, seed: 1 });
    const expected = columns.toSorted(
      (one, other) =>
        golden.importance.mean[columns.indexOf(other)] - golden.importance.mean[columns.indexOf(one)],
    );
    assert.deepEqual(
      ours.map(({ column }) => column),
      expected,
    );
    for (const { column, mean, sd } of ours) {
      const place = columns.indexOf(column);
      // Five standard errors of a mean over our repeats and over its 2000.
      const allowed = 5 * golden.importance.sd[place] * Math.sqrt(1 / repeats + 1 / 2000);
      assertClose(mean, golden.importance.mean[place], allowed, columns[place]);
      assert.ok(Math.abs(sd / golden.importance.sd[place] - 1) < 0.25, `deviation ${sd}`);
    }
    const again = await permutationImportance({ table, columns: ['c'], score, repeats, seed: 1 });
    assert.deepEqual(again, [ours[2]], 'the draws of a column do not depend on the others');
  });

  it('partial dependence is partial_dependence', async () => {
    for (const [place, { grid, average }] of golden.dependence.entries()) {
      const { points } = await partialDependence(table, columns[place], score);
      for (const [index, value] of grid.entries()) {
        const point = points.find(each => each.value === value);
        // Our grid holds the extremes always; of the quartiles those that it happens to meet.
        if (point === undefined) assert.ok(index > 0 && index < grid.length - 1, `${value} is in the grid`);
        else assertClose(point.meanProbability, average[index], 1e-12);
      }
    }
  });

  it('the normal tail keeps its digits far out', () => {
    for (const [deviation, tail] of golden.normalTail)
      assert.ok(
        Math.abs(normalTail(deviation) / tail - 1) < 1e-12,
        `at ${deviation}: ${normalTail(deviation)}`,
      );
    assert.equal(normalTail(50), 0);
  });
});

describe('a report’s figures by hand', () => {
  it('Holm’s p-values (his own example), in the order given', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((expected, place) => assertClose(adjusted[place], expected, 1e-15));
    assert.deepEqual(holm([]), []);
  });

  it('DeLong’s variance is the naive one over all pairs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 6 })), { minLength: 4, maxLength: 40 }),
        pairs => {
          const drawn = [...pairs, [true, 1], [true, 4], [false, 2], [false, 3]] as const;
          const yes = drawn.filter(([label]) => label).map(([, value]) => value);
          const no = drawn.filter(([label]) => !label).map(([, value]) => value);
          const ofYes = yes.map(one => mean(no.map(other => wins(one, other))));
          const ofNo = no.map(other => mean(yes.map(one => wins(one, other))));
          const expected = variance(ofYes) / yes.length + variance(ofNo) / no.length;
          const ours = aucVariance(
            Uint8Array.from(drawn, ([label]) => (label ? 1 : 0)),
            Float64Array.from(drawn, ([, value]) => value / 6),
          );
          assertClose(ours, expected, 1e-12);
        },
      ),
    );
  });

  it('the distribution counts every row once', () => {
    const bins = probabilityDistribution(labels, probabilities);
    assert.equal(bins.length, 20);
    const sum = (of: 'positives' | 'negatives'): number => bins.reduce((total, bin) => total + bin[of], 0);
    assert.equal(
      sum('positives'),
      labels.reduce((total, label) => total + label, 0),
    );
    assert.equal(sum('positives') + sum('negatives'), labels.length);
  });
});

describe('slices', () => {
  it('parts every column into levels or quarters that hold every row once', () => {
    const mixed: Table = {
      rowCount: 8,
      labels: new Uint8Array(8),
      columns: [
        { kind: 'number', name: 'few', values: Float32Array.of(0, 0, 0, 0, 0, 0, 1, Number.NaN) },
        { kind: 'number', name: 'many', values: Float32Array.of(8, 7, 6, 5, 4, 3, 2, 1) },
        { kind: 'number', name: 'still', values: new Float32Array(8) },
        {
          kind: 'category',
          name: 'level',
          levels: ['x', 'y'],
          codes: Int32Array.of(0, 0, 0, 0, 1, 1, 1, -1),
        },
      ],
    };
    const slices = sliceRows(mixed, ['few', 'many', 'still', 'level']);
    assert.deepEqual(
      slices.map(({ column, name, rows }) => [column, name, rows.length]),
      [
        ['few', '0', 6],
        ['few', '1', 1],
        ['few', 'missing', 1],
        ['many', '1 – 2', 2],
        ['many', '3 – 4', 2],
        ['many', '5 – 6', 2],
        ['many', '7 – 8', 2],
        ['level', 'x', 4],
        ['level', 'y', 3],
        ['level', 'missing', 1],
      ],
    );
  });

  it('flags what differs beyond chance, and nothing where all is the same', () => {
    const same = grouped(false);
    for (const { flags } of sliceMetrics(same.table, ['group'], same.scores, 0.5))
      assert.deepEqual(flags, []);
    const odd = grouped(true);
    const [, slice] = sliceMetrics(odd.table, ['group'], odd.scores, 0.5);
    assert.equal(slice.slice, 'odd');
    assert.ok(
      slice.flags.includes('rocAuc') && slice.flags.includes('falseNegativeRate'),
      slice.flags.join(),
    );
    const inside = odd.table.labels.filter(
      (_, row) => odd.table.columns[0].kind === 'category' && odd.table.columns[0].codes[row] === 1,
    );
    assert.equal(slice.rows, inside.length);
    assert.equal(
      slice.positives,
      inside.reduce((sum, label) => sum + label, 0),
    );
    assert.ok((slice.rocAuc ?? 1) < 0.4);
    assert.ok(rocAuc(odd.table.labels, odd.scores) > 0.4);
  });

  it('seldom raises a false alarm: 5 % of tables at most, whatever the number of slices', () => {
    const random = createRandom(11);
    const rowCount = 600;
    const tables = 120;
    let alarms = 0;
    for (let each = 0; each < tables; each++) {
      const scores = Float64Array.from({ length: rowCount }, () => 0.1 + 0.8 * random.next());
      const drawn = Uint8Array.from(scores, chance => (random.next() < chance ? 1 : 0));
      const noise = Array.from({ length: 10 }, (_, place) => ({
        kind: 'category' as const,
        name: `noise${place}`,
        levels: ['p', 'q', 'r'],
        codes: Int32Array.from({ length: rowCount }, () => random.below(3)),
      }));
      const slices = sliceMetrics(
        { rowCount, labels: drawn, columns: noise },
        noise.map(({ name }) => name),
        scores,
        0.5,
      );
      if (slices.some(({ flags }) => flags.length > 0)) alarms++;
    }
    // Binomial: 6 of 120 are expected at the most; above 14 is less likely than one in a thousand.
    assert.ok(alarms <= 14, `${alarms} of ${tables} tables without any difference were flagged`);
  });
});
