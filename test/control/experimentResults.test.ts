import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { samplePrediction } from '../support/samplePrediction.ts';
import { report, ship } from '../support/outcomeSamples.ts';
import { withVersions } from '../support/withVersions.ts';

const arm = (name: string, version: string, weightPercent: number) => ({
  name,
  version,
  weightPercent,
  shadow: false,
});

const exposed = (count: number, of: string, version: number, at: number) =>
  Array.from({ length: count }, (_, index) =>
    samplePrediction({
      unitKey: `${of}${version}-${at}-${index}`,
      experiment: 'exp',
      arm: of,
      version,
      at,
    }),
  );

describe('ExperimentService.Results', () => {
  it('counts exposures and later outcomes by arm, and checks the split', function () {
    return withVersions(this, async world => {
      const { experiments, outcomes } = world;
      await experiments.start({
        model: 'churn',
        name: 'exp',
        arms: [
          arm('A', 'production', 80),
          arm('B', '2', 20),
          { name: 'S', version: '1', weightPercent: 0, shadow: true },
        ],
        salt: '',
        reason: '',
      });
      const request = { model: 'churn', name: 'exp' };
      const empty = await experiments.results(request);
      assert.deepEqual(
        empty.arms.map(({ name, exposureCount, positiveRate }) => [name, exposureCount, positiveRate]),
        [
          ['A', 0, undefined],
          ['B', 0, undefined],
        ],
      );
      assert.equal(empty.sampleRatio, undefined);

      const early = Date.now();
      await ship(world, [...exposed(80, 'A', 1, early), ...exposed(20, 'B', 2, early)]);
      const fair = await experiments.results(request);
      assert.deepEqual(
        fair.arms.map(({ exposureCount, expectedExposureCount }) => [exposureCount, expectedExposureCount]),
        [
          [80, 80],
          [20, 20],
        ],
      );
      assert.deepEqual(fair.sampleRatio, { chiSquared: 0, degreesOfFreedom: 1, pValue: 1, mismatch: false });

      await outcomes.recordOutcomes({
        model: 'churn',
        outcomes: [
          ...Array.from({ length: 40 }, (_, index) =>
            report({ unitKey: `A1-${early}-${index}`, outcome: index < 10 ? 'Yes' : 'No' }),
          ),
          // Seen before the exposure: not what the arm did.
          report({ unitKey: `B2-${early}-0`, observedTime: new Date(early - 1000) }),
          report({ unitKey: `B2-${early}-1` }),
        ],
      });
      const [a, b] = (await experiments.results(request)).arms;
      assert.deepEqual([a.outcomeCount, a.positiveCount, a.positiveRate], [40, 10, 0.25]);
      // scipy.stats.binomtest(10, 40).proportion_ci(0.95, 'wilson')
      assert.ok(
        Math.abs((a.rateLow ?? 0) - 0.1418713) < 1e-6 && Math.abs((a.rateHigh ?? 0) - 0.4019396) < 1e-6,
      );
      assert.deepEqual([b.outcomeCount, b.positiveCount], [1, 1]);

      const weights = [
        { arm: 'A', weightPercent: 50 },
        { arm: 'B', weightPercent: 50 },
      ];
      await experiments.adjust({ ...request, weights, reason: '' });
      const late = Date.now() + 1000;
      await ship(world, [...exposed(90, 'A', 1, late), ...exposed(10, 'B', 2, late)]);
      const skewed = await experiments.results(request);
      assert.deepEqual(
        skewed.arms.map(({ exposureCount, expectedExposureCount }) => [exposureCount, expectedExposureCount]),
        [
          [170, 130],
          [30, 70],
        ],
      );
      assert.equal(skewed.sampleRatio?.chiSquared, 64);
      assert.equal(skewed.sampleRatio.degreesOfFreedom, 2);
      assert.ok(skewed.sampleRatio.mismatch && skewed.sampleRatio.pValue < 1e-13);

      await experiments.stop({ ...request, reason: '' });
      const mirror = await experiments.start({
        model: 'churn',
        name: 'mirror',
        arms: [arm('A', 'production', 100), { name: 'S', version: '2', weightPercent: 0, shadow: true }],
        salt: '',
        reason: '',
      });
      assert.deepEqual(mirror.allocation, [{ arm: 'A', from: 0, to: 10_000 }]);
      const mirrored = exposed(30, 'A', 1, late).map(each => ({ ...each, experiment: 'mirror' }));
      await ship(world, mirrored);
      const alone = await experiments.results({ ...request, name: 'mirror' });
      assert.deepEqual(
        alone.arms.map(of => [of.name, of.exposureCount, of.expectedExposureCount]),
        [['A', 30, 30]],
      );
      assert.equal(alone.sampleRatio, undefined, 'one arm splits nothing');
    });
  });
});
