import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { logLoss } from '../../ml/evaluation/logLoss.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import { applyCalibration } from '../../ml/trainers/calibration/applyCalibration.ts';
import { calibrateIfBetter } from '../../ml/trainers/calibration/calibrateIfBetter.ts';
import { crossFittedCalibration } from '../../ml/trainers/calibration/crossFittedCalibration.ts';
import { fitCalibration } from '../../ml/trainers/calibration/fitCalibration.ts';
import { assertClose } from '../support/assertClose.ts';
import { readGolden } from '../support/readGolden.ts';

/** Labels drawn with true probabilities sigmoid(z), and predictions sigmoid(stretch × z + shift), in five folds. */
function drawn(rowCount: number, stretch: number, shift: number, seed: number) {
  const random = createRandom(seed);
  const logits = Float64Array.from({ length: rowCount }, () => random.normal() * 1.5 - 1);
  return {
    labels: Uint8Array.from(logits, logit => (random.next() < 1 / (1 + Math.exp(-logit)) ? 1 : 0)),
    probabilities: logits.map(logit => 1 / (1 + Math.exp(-(stretch * logit + shift)))),
    foldOf: Uint8Array.from(logits, (_, row) => row % 5),
  };
}

describe('fitCalibration', () => {
  const golden = readGolden(
    'calibration',
    z.object({
      cases: z.array(
        z.object({
          name: z.string(),
          labels: z.array(z.number()),
          probabilities: z.array(z.number()),
          slope: z.number(),
          intercept: z.number(),
        }),
      ),
    }),
  );
  for (const { name, labels, probabilities, slope, intercept } of golden.cases)
    it(`finds what scikit-learn's Platt scaling finds: ${name}`, () => {
      const ours = fitCalibration(Uint8Array.from(labels), Float64Array.from(probabilities));
      // scikit-learn minimises by L-BFGS and stops at a gradient of about 1e-6 a row.
      assertClose(ours.slope, slope, 1e-3 * Math.max(1, Math.abs(slope)), 'slope');
      assertClose(ours.intercept, intercept, 1e-3 * Math.max(1, Math.abs(intercept)), 'intercept');
    });

  it('answers the smoothed share where the predictions tell nothing', () => {
    const labels = Uint8Array.of(1, 0, 0, 0);
    const probabilities = new Float64Array(4).fill(0.5);
    const calibration = fitCalibration(labels, probabilities);
    // Targets 2 / 3 and 1 / 5: their mean over the four rows.
    for (const calibrated of applyCalibration(calibration, probabilities))
      assertClose(calibrated, (2 / 3 + 3 / 5) / 4, 1e-9);
  });

  it('stays finite on certain predictions, right and wrong', () => {
    const labels = Uint8Array.of(1, 0, 1, 0, 1, 0);
    for (const probabilities of [Float64Array.of(1, 0, 1, 0, 1, 0), Float64Array.of(1, 0, 1, 1, 0, 0)]) {
      const calibration = fitCalibration(labels, probabilities);
      assert.ok(Number.isFinite(calibration.slope) && Number.isFinite(calibration.intercept));
      for (const calibrated of applyCalibration(calibration, probabilities))
        assert.ok(calibrated > 0 && calibrated < 1, `${calibrated}`);
    }
  });

  it('undoes a stretch and a shift', () => {
    const { labels, probabilities } = drawn(20_000, 2, 0.5, 3);
    const { slope, intercept } = fitCalibration(labels, probabilities);
    // z = (logit − .5) / 2; the standard error of the slope on 20,000 rows is below .01.
    assertClose(slope, 0.5, 0.03, 'slope');
    assertClose(intercept, -0.25, 0.06, 'intercept');
  });
});

describe('applyCalibration', () => {
  it('is sigmoid(slope × logit + intercept), clipped before, and nothing at all without a calibration', () => {
    const probabilities = Float64Array.of(0.25, 0, 1);
    const edge = Math.log(1e-7 / (1 - 1e-7));
    const expected = [Math.log(0.25 / 0.75), edge, -edge].map(logit => 1 / (1 + Math.exp(-(2 * logit - 1))));
    const ours = applyCalibration({ slope: 2, intercept: -1 }, probabilities);
    for (const [row, value] of expected.entries()) assertClose(ours[row], value, 1e-15);
    assert.equal(applyCalibration(null, probabilities), probabilities);
  });
});

describe('calibrateIfBetter', () => {
  it('keeps a calibration of predictions that are too sure, fitted on all rows', () => {
    const { labels, probabilities, foldOf } = drawn(2000, 3, 0, 4);
    const calibration = calibrateIfBetter(labels, probabilities, foldOf);
    assert.deepEqual(calibration, fitCalibration(labels, probabilities));
    assert.ok(logLoss(labels, applyCalibration(calibration, probabilities)) < logLoss(labels, probabilities));
  });

  it('keeps none where the predictions are true, and none that would turn the ranking round', () => {
    const honest = drawn(20_000, 1, 0, 5);
    const crossFitted = crossFittedCalibration(honest.labels, honest.probabilities, honest.foldOf);
    const helps = logLoss(honest.labels, crossFitted) < logLoss(honest.labels, honest.probabilities);
    assert.equal(helps, false);
    assert.equal(calibrateIfBetter(honest.labels, honest.probabilities, honest.foldOf), null);
    const reversed = drawn(2000, -1, 0, 6);
    assert.ok(fitCalibration(reversed.labels, reversed.probabilities).slope < 0);
    assert.equal(calibrateIfBetter(reversed.labels, reversed.probabilities, reversed.foldOf), null);
  });

  it('calibrates each row by the other folds alone', () => {
    const { labels, probabilities, foldOf } = drawn(300, 2, 1, 7);
    const ours = crossFittedCalibration(labels, probabilities, foldOf);
    for (let fold = 0; fold < 5; fold++) {
      const others = [...labels.keys()].filter(row => foldOf[row] !== fold);
      const calibration = fitCalibration(
        Uint8Array.from(others, row => labels[row]),
        Float64Array.from(others, row => probabilities[row]),
      );
      for (const row of labels.keys())
        if (foldOf[row] === fold)
          assert.equal(ours[row], applyCalibration(calibration, probabilities.slice(row, row + 1))[0]);
    }
  });

  it('refuses a single fold, and fold numbers that are not one a row', () => {
    const { labels, probabilities, foldOf } = drawn(20, 1, 0, 8);
    assert.throws(
      () => calibrateIfBetter(labels, probabilities, new Uint8Array(20)),
      /in 1 fold; expected at least two/,
    );
    assert.throws(
      () => calibrateIfBetter(labels, probabilities, foldOf.slice(1)),
      /19 fold numbers for 20 labels/,
    );
  });
});
