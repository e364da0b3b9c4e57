import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { metricNames, type Offer } from '../../ml/definition/ProjectDefinition.ts';
import { averagePrecision } from '../../ml/evaluation/averagePrecision.ts';
import { calibrationError } from '../../ml/evaluation/calibrationError.ts';
import { chooseThreshold } from '../../ml/evaluation/chooseThreshold.ts';
import { confusionMatrix } from '../../ml/evaluation/confusionMatrix.ts';
import { evaluate } from '../../ml/evaluation/evaluate.ts';
import { gainAndLift } from '../../ml/evaluation/gainAndLift.ts';
import { logLoss } from '../../ml/evaluation/logLoss.ts';
import { meanSd } from '../../ml/evaluation/meanSd.ts';
import { offerProfit } from '../../ml/evaluation/offerProfit.ts';
import { rocAuc } from '../../ml/evaluation/rocAuc.ts';
import { thresholdMetrics } from '../../ml/evaluation/thresholdMetrics.ts';
import { assertClose } from '../support/assertClose.ts';
import { readGolden } from '../support/readGolden.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const doubles = (...values: number[]): Float64Array => Float64Array.from(values);

/** Predictions with many ties, certain ones among them. */
const predictions = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 12 })), {
    minLength: 2,
    maxLength: 60,
  })
  .map(pairs => ({
    labels: Uint8Array.from(pairs, ([label]) => label),
    probabilities: Float64Array.from(pairs, ([, twelfths]) => twelfths / 12),
  }));
const ofBothClasses = predictions.filter(({ labels }) => labels.includes(0) && labels.includes(1));

describe('metrics against scikit-learn', () => {
  const golden = readGolden(
    'metrics',
    z.object({
      cases: z.array(
        z.object({
          name: z.string(),
          threshold: z.number(),
          labels: z.array(z.number()),
          probabilities: z.array(z.number()),
          metrics: z.record(z.enum(metricNames), z.number()),
        }),
      ),
    }),
  );
  for (const { name, threshold, labels, probabilities, metrics } of golden.cases)
    it(`${name} probabilities`, () => {
      const ours = evaluate(bytes(...labels), doubles(...probabilities), threshold);
      assert.deepEqual(Object.keys(ours).sort(), [...metricNames].sort());
      // The same sums in another order: a few units in the last place.
      for (const metric of metricNames) assertClose(ours[metric], metrics[metric], 1e-13, metric);
    });
});

describe('ranking metrics', () => {
  it('ROC AUC is the share of pairs in the right order, ties counting half', () => {
    fc.assert(
      fc.property(ofBothClasses, ({ labels, probabilities }) => {
        let won = 0;
        let pairs = 0;
        for (const [positive, label] of labels.entries())
          for (const [negative, other] of labels.entries()) {
            if (label !== 1 || other !== 0) continue;
            pairs += 1;
            const lead = probabilities[positive] - probabilities[negative];
            won += lead > 0 ? 1 : lead === 0 ? 0.5 : 0;
          }
        assert.equal(rocAuc(labels, probabilities), won / pairs);
      }),
    );
  });

  it('average precision is the mean over positive rows of the precision at their probability', () => {
    fc.assert(
      fc.property(ofBothClasses, ({ labels, probabilities }) => {
        const precisions = [...labels.keys()]
          .filter(row => labels[row] === 1)
          .map(row => {
            const reached = [...labels.keys()].filter(other => probabilities[other] >= probabilities[row]);
            return reached.filter(other => labels[other] === 1).length / reached.length;
          });
        const mean = precisions.reduce((sum, value) => sum + value, 0) / precisions.length;
        assertClose(averagePrecision(labels, probabilities), mean, 1e-12);
      }),
    );
  });

  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(ofBothClasses, ({ labels, probabilities }) => {
        const labelsReversed = labels.toReversed();
        const reversed = probabilities.toReversed();
        assert.equal(rocAuc(labels, probabilities), rocAuc(labelsReversed, reversed));
        assert.equal(averagePrecision(labels, probabilities), averagePrecision(labelsReversed, reversed));
        assert.equal(chooseThreshold(labels, probabilities), chooseThreshold(labelsReversed, reversed));
      }),
    );
  });

  it('knows gain and lift by hand, and shares rows of equal probability out', () => {
    const labels = bytes(1, 0, 1, 0, 0, 0, 0, 0, 0, 1);
    const probabilities = doubles(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05);
    assert.deepEqual(gainAndLift(labels, probabilities, 0.1), { gain: 1 / 3, lift: 1 / 3 / 0.1 });
    assertClose(gainAndLift(labels, probabilities, 0.3).gain, 2 / 3, 1e-15);
    assert.deepEqual(gainAndLift(labels, probabilities, 1), { gain: 1, lift: 1 });
    const constant = new Float64Array(10).fill(0.3);
    assertClose(gainAndLift(labels, constant, 0.25).gain, 0.25, 1e-15);
    assertClose(gainAndLift(labels, constant, 0.25).lift, 1, 1e-15);
  });
});

describe('chooseThreshold', () => {
  it('reaches the best F1 of all thresholds, with no prediction on the threshold', () => {
    fc.assert(
      fc.property(ofBothClasses, ({ labels, probabilities }) => {
        const f1At = (threshold: number): number =>
          thresholdMetrics(confusionMatrix(labels, probabilities, threshold)).f1;
        const chosen = chooseThreshold(labels, probabilities);
        const best = Math.max(...Array.from(probabilities, f1At));
        assert.equal(f1At(chosen), best);
        assert.ok(!probabilities.includes(chosen) || chosen === 0, `${chosen} is a prediction`);
        for (const higher of probabilities) if (higher > chosen) assert.ok(f1At(higher + 1e-9) < best);
      }),
    );
  });

  for (const [name, labels, probabilities, expected] of [
    ['midway between the classes', bytes(0, 0, 1, 1), doubles(0.1, 0.2, 0.6, 0.8), 0.2 + (0.6 - 0.2) / 2],
    ['below the lowest when all are positive', bytes(1, 1), doubles(0.4, 0.6), 0.2],
    ['.5 without a positive row', bytes(0, 0), doubles(0.4, 0.6), 0.5],
    ['0 where the best answer is positive for a certain 0', bytes(1, 1), doubles(0, 1), 0],
    [
      'the upper of two neighbouring floats',
      bytes(0, 1),
      doubles(0.5, 0.5 + Number.EPSILON / 2),
      0.5 + Number.EPSILON / 2,
    ],
  ] as const)
    it(`is ${name}`, () => {
      assert.equal(chooseThreshold(labels, probabilities), expected);
    });
});

const offer = (cost: number): Offer => ({ cost, customerValue: 100, successRate: 0.5 });

describe('chooseThreshold by profit', () => {
  const offers = fc
    .record({
      cost: fc.integer({ min: 1, max: 20 }),
      customerValue: fc.integer({ min: 1, max: 100 }),
      successRate: fc.constantFrom(0.25, 0.5, 1),
    })
    .filter(({ cost, customerValue, successRate }) => successRate * customerValue > cost);

  it('reaches the highest profit of all thresholds, that of no offer among them', () => {
    fc.assert(
      fc.property(predictions, offers, ({ labels, probabilities }, drawn) => {
        const profitAt = (threshold: number): number =>
          offerProfit(drawn, confusionMatrix(labels, probabilities, threshold));
        const chosen = chooseThreshold(labels, probabilities, drawn);
        const none = probabilities.includes(1) ? [] : [0];
        assert.equal(profitAt(chosen), Math.max(...Array.from(probabilities, profitAt), ...none));
        for (const higher of probabilities)
          if (higher > chosen)
            assert.ok(profitAt(Math.min(1, higher + 1e-9)) < profitAt(chosen) || higher === 1);
      }),
    );
  });

  it('answers by hand: offers that cost more are made to fewer', () => {
    const labels = bytes(1, 0, 1, 0, 0, 0);
    const probabilities = doubles(0.9, 0.7, 0.5, 0.4, 0.2, 0.1);
    // Each row that would have left earns 50 less the cost, each other row loses it.
    assertClose(chooseThreshold(labels, probabilities, offer(10)), 0.45, 1e-12);
    assertClose(chooseThreshold(labels, probabilities, offer(30)), 0.8, 1e-12);
    assert.equal(evaluate(labels, probabilities, 0.45, offer(10)).profit, (2 * 50 - 3 * 10) / 6);
    assert.equal('profit' in evaluate(labels, probabilities, 0.45), false);
    // Nobody who would have left: the best is no offer at all.
    assertClose(chooseThreshold(bytes(0, 0), doubles(0.6, 0.4), offer(10)), 0.8, 1e-12);
  });
});

describe('conventions', () => {
  it('counts the confusion matrix by hand; a probability on the threshold is answered positive', () => {
    const counts = confusionMatrix(bytes(1, 1, 1, 0, 0, 0), doubles(0.9, 0.5, 0.1, 0.5, 0.4, 0.2), 0.5);
    assert.deepEqual(counts, { truePositives: 2, falsePositives: 1, falseNegatives: 1, trueNegatives: 2 });
    assert.deepEqual(thresholdMetrics(counts), {
      accuracy: 4 / 6,
      balancedAccuracy: (2 / 3 + 2 / 3) / 2,
      precision: 2 / 3,
      recall: 2 / 3,
      f1: 2 / 3,
    });
  });

  it('is 0 where a denominator is 0', () => {
    assert.deepEqual(thresholdMetrics(confusionMatrix(bytes(0, 0), doubles(0.1, 0.2), 0.5)), {
      accuracy: 1,
      balancedAccuracy: 1,
      precision: 0,
      recall: 0,
      f1: 0,
    });
  });

  it('clips the log-loss of a certain mistake and is 0 for a certain hit', () => {
    assertClose(logLoss(bytes(1), doubles(0)), -Math.log(Number.EPSILON), 1e-12);
    assertClose(logLoss(bytes(0), doubles(0)), 0, 1e-15);
  });

  it('puts a probability of exactly 1 into the last bin of the calibration error', () => {
    assertClose(calibrationError(bytes(1, 0, 0, 1), doubles(1, 0.95, 0.05, 0.05)), (0.95 + 0.9) / 4, 1e-15);
  });

  it('takes the sample deviation', () => {
    assert.deepEqual(meanSd([1, 2, 3, 4]), { mean: 2.5, sd: Math.sqrt(5 / 3) });
    assert.deepEqual(meanSd([3]), { mean: 3, sd: 0 });
    assert.throws(() => meanSd([]), /no value/);
  });

  for (const [name, run, message] of [
    ['ROC AUC of one class', () => rocAuc(bytes(1, 1), doubles(0.1, 0.2)), /0 negative and 2 positive/],
    [
      'average precision without positives',
      () => averagePrecision(bytes(0), doubles(0.1)),
      /without a positive/,
    ],
    ['gain without positives', () => gainAndLift(bytes(0), doubles(0.1), 0.5), /without a positive/],
    ['a share of 0', () => gainAndLift(bytes(1), doubles(0.1), 0), /share is 0/],
    ['NaN', () => logLoss(bytes(1, 0), doubles(0.5, Number.NaN)), /row 1 is NaN/],
    ['a probability above 1', () => rocAuc(bytes(1, 0), doubles(1.5, 0.5)), /row 0 is 1.5/],
    ['lengths that differ', () => logLoss(bytes(1, 0), doubles(0.5)), /1 probabilities for 2 labels/],
    ['no row', () => logLoss(bytes(), doubles()), /no row/],
  ] as const)
    it(`refuses ${name}`, () => {
      assert.throws(run, { name: 'RangeError', message });
    });
});
