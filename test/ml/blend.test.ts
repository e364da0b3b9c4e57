import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defineProject } from '../../ml/definition/defineProject.ts';
import { candidatesOf } from '../../ml/definition/candidatesOf.ts';
import { crossValidationMetrics, foldMetrics } from '../../ml/evaluation/crossValidationMetrics.ts';
import { logLoss } from '../../ml/evaluation/logLoss.ts';
import { meanSd } from '../../ml/evaluation/meanSd.ts';
import { selectChampion } from '../../ml/evaluation/selectChampion.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import { fitBlend } from '../../ml/trainers/blend/fitBlend.ts';
import { fitMixture } from '../../ml/trainers/blend/fitMixture.ts';
import { mix } from '../../ml/trainers/blend/mix.ts';
import { crossFittedCalibration } from '../../ml/trainers/calibration/crossFittedCalibration.ts';
import { sigmoid } from '../../ml/trainers/sigmoid.ts';
import churn from '../../projects/churn.ts';

/** Labels of two independent causes, and three predictions: one knows the first cause, one the second, one neither. */
function drawn(rowCount: number, seed: number) {
  const random = createRandom(seed);
  const causes = Array.from({ length: rowCount }, () => [random.normal(), random.normal(), random.normal()]);
  const labels = Uint8Array.from(causes, ([one, two]) =>
    random.next() < sigmoid(1.5 * one + 1.5 * two - 1) ? 1 : 0,
  );
  const knowing = (place: number) => Float64Array.from(causes, cause => sigmoid(1.2 * cause[place] - 0.8));
  const foldOf = Uint8Array.from({ length: rowCount }, (_, row) => row % 4);
  return { labels, foldOf, first: knowing(0), second: knowing(1), neither: knowing(2) };
}

describe('fitMixture', () => {
  it('finds the best weights that a fine grid finds', () => {
    for (const seed of [1, 2, 3]) {
      const { labels, first, second } = drawn(600, seed);
      const [weight] = fitMixture(labels, [first, second]);
      const lossAt = (share: number): number => logLoss(labels, mix([share, 1 - share], [first, second]));
      const grid = Array.from({ length: 1001 }, (_, step) => step / 1000);
      const best = grid.reduce((one, other) => (lossAt(other) < lossAt(one) ? other : one));
      assert.ok(Math.abs(weight - best) < 0.01, `seed ${seed}: ${weight}, by the grid ${best}`);
      assert.ok(lossAt(weight) <= lossAt(best) + 1e-7, `seed ${seed}`);
    }
  });

  it('gives nothing to a member that says nothing, and the weights sum to 1', () => {
    const { labels, first, second, neither } = drawn(2000, 4);
    const weights = fitMixture(labels, [first, neither, second]);
    assert.equal(weights[1], 0);
    assert.ok(Math.abs(weights[0] + weights[2] - 1) < 1e-12);
    assert.ok(weights[0] > 0.3 && weights[2] > 0.3, weights.join());
  });

  for (const [what, members, expected] of [
    ['one member', [[0.3, 0.6]], [1]],
    [
      'two that are equal',
      [
        [0.3, 0.6],
        [0.3, 0.6],
      ],
      [0.5, 0.5],
    ],
    [
      'one that is right and one that is wrong with certainty',
      [
        [0, 1],
        [1, 0],
      ],
      [1, 0],
    ],
  ] as const)
    it(`mixes ${what}`, () => {
      const weights = fitMixture(
        Uint8Array.of(0, 1),
        members.map(member => Float64Array.from(member)),
      );
      assert.deepEqual(weights, expected);
    });
});

describe('fitBlend', () => {
  const { labels, foldOf, first, second } = drawn(800, 5);
  const members = [
    { calibrate: true, probabilities: first.map(p => p ** 3 / (p ** 3 + (1 - p) ** 3)) },
    { calibrate: false, probabilities: second },
  ];
  const blend = fitBlend(labels, foldOf, members, 'logLoss');

  it('weighs each fold by the other folds, and the final blend by all', () => {
    const calibrated = [crossFittedCalibration(labels, members[0].probabilities, foldOf), second];
    assert.deepEqual(blend.weights, fitMixture(labels, calibrated));
    for (const fold of [0, 1, 2, 3]) {
      const part = (inside: boolean) => {
        const chosen = (_: number, row: number) => (foldOf[row] === fold) === inside;
        return { labels: labels.filter(chosen), members: calibrated.map(member => member.filter(chosen)) };
      };
      const outside = part(false);
      assert.deepEqual(
        blend.outOfFold.filter((_, row) => foldOf[row] === fold),
        mix(fitMixture(outside.labels, outside.members), part(true).members),
        `fold ${fold}`,
      );
    }
  });

  it('does not let a fold’s own labels into its figures', () => {
    const changed = labels.map((label, row) => (foldOf[row] === 2 && row % 3 === 0 ? 1 - label : label));
    const uncalibrated = members.map(member => ({ ...member, calibrate: false }));
    const inFold = (values: Float64Array) => values.filter((_, row) => foldOf[row] === 2);
    assert.deepEqual(
      inFold(fitBlend(changed, foldOf, uncalibrated, 'logLoss').outOfFold),
      inFold(fitBlend(labels, foldOf, uncalibrated, 'logLoss').outOfFold),
    );
  });

  for (const selection of ['logLoss', 'rocAuc'] as const)
    it(`tells its gain in ${selection} over the best member, fold by fold`, () => {
      const own = foldMetrics({ labels, foldOf, probabilities: blend.outOfFold, calibrate: true });
      const better = members
        .map(member => foldMetrics({ labels, foldOf, ...member }).map(metrics => metrics[selection]))
        .sort(
          (one, other) => (selection === 'logLoss' ? 1 : -1) * (meanSd(one).mean - meanSd(other).mean),
        )[0];
      const sign = selection === 'logLoss' ? -1 : 1;
      const expected = meanSd(own.map((metrics, fold) => sign * (metrics[selection] - better[fold])));
      const { gain, ...figures } = fitBlend(labels, foldOf, members, selection).crossValidation;
      assert.ok(Math.abs(gain.mean - expected.mean) < 1e-12 && Math.abs(gain.sd - expected.sd) < 1e-12);
      assert.ok(gain.mean > 0, 'two members that know different things are better together');
      assert.deepEqual(
        figures,
        crossValidationMetrics({ labels, foldOf, probabilities: blend.outOfFold, calibrate: true }),
      );
    });
});

const single = (mean: number) => ({ crossValidation: { logLoss: { mean, sd: 0.01 } } });
const blend = (mean: number, gain: { mean: number; sd: number }) => ({
  crossValidation: { logLoss: { mean, sd: 0.01 }, gain },
});

describe('selectChampion', () => {
  for (const [what, candidates, place] of [
    ['the lowest log-loss', [single(0.42), single(0.41), single(0.43)], 1],
    ['the first among equals', [single(0.42), single(0.41), single(0.41)], 1],
    [
      'a blend that is better by two standard errors',
      [single(0.41), blend(0.4, { mean: 0.01, sd: 0.01 })],
      1,
    ],
    ['no blend within one standard error', [single(0.41), blend(0.409, { mean: 0.001, sd: 0.01 })], 0],
    ['no blend that is the best member again', [single(0.41), blend(0.41, { mean: 0, sd: 0 })], 0],
  ] as const)
    it(`chooses ${what}`, () => {
      assert.equal(selectChampion(candidates, 'logLoss', 4), candidates[place]);
    });
});

describe('a definition’s candidates', () => {
  const { columns, label } = churn;
  const define = (trainers: ('blend' | 'logisticRegression' | 'randomForest')[]) =>
    defineProject({ name: 'x', columns, label, trainers });

  it('are the four trainers and their blend where nobody says otherwise, and no blend by the original recipe', () => {
    assert.equal(candidatesOf(churn).at(-1), 'blend');
    assert.equal(candidatesOf(churn).length, 5);
    assert.equal(candidatesOf({ ...churn, recipe: 'original' }).length, 4);
  });

  it('need two trainers for a blend, and each only once', () => {
    assert.deepEqual(candidatesOf(define(['randomForest'])), ['randomForest']);
    assert.throws(() => define(['blend', 'randomForest']), /blend mixes at least two other trainers/);
    assert.throws(() => define(['randomForest', 'randomForest']), /lists one twice/);
  });
});
