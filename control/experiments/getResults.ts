import { getExperiment } from '../../db/experiments/getExperiment.ts';
import { type ArmTally, readResults, type ResultPeriod } from '../../db/experiments/readResults.ts';
import { countBuckets } from '../../ml/experiments/allocateBuckets.ts';
import { BUCKETS } from '../../ml/experiments/bucketOf.ts';
import { type ExposurePeriod, sampleRatio } from '../../ml/experiments/sampleRatio.ts';
import { wilsonInterval } from '../../ml/statistics/wilsonInterval.ts';
import type { ExperimentResults, GetExperimentRequest } from '../../proto/gen/holdfast/v1/experiment.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from '../models/requireModel.ts';
import { encodeExperiment } from './encodeExperiment.ts';

/** Rarer than this by chance, a split is a mismatch: the check is looked at often, and a false alarm stops an experiment. */
const MISMATCH_BELOW = 0.001;

/** What an experiment shows so far. @throws HoldfastError notFound */
export async function getResults(
  ports: Pick<ControlPorts, 'database' | 'defaultModel'>,
  request: GetExperimentRequest,
): Promise<ExperimentResults> {
  const model = await requireModel(ports, request.model);
  const experiment = await getExperiment(ports.database, model, request.name);
  const periods = await readResults(ports.database, model, experiment.name);
  const { expected, test } = sampleRatio(periods.map(toExposures));
  const { name, status, arms } = encodeExperiment(experiment);
  return {
    model,
    name,
    status,
    time: new Date(),
    arms: arms
      .filter(({ shadow }) => !shadow)
      .map(arm => {
        const tallies = periods.flatMap(period => period.arms.filter(tally => tally.arm === arm.name));
        const outcomeCount = sum(tallies, 'outcomes');
        const positiveCount = sum(tallies, 'positives');
        const { low, high } = wilsonInterval(positiveCount, outcomeCount);
        return {
          name: arm.name,
          version: arm.version,
          exposureCount: sum(tallies, 'exposures'),
          expectedExposureCount: expected.get(arm.name) ?? 0,
          outcomeCount,
          positiveCount,
          ...(outcomeCount > 0 && {
            positiveRate: positiveCount / outcomeCount,
            rateLow: low,
            rateHigh: high,
          }),
        };
      }),
    sampleRatio: test === null ? undefined : { ...test, mismatch: test.pValue < MISMATCH_BELOW },
  };
}

const toExposures = ({ allocation, arms }: ResultPeriod): ExposurePeriod => ({
  shares: new Map([...countBuckets(allocation)].map(([arm, buckets]) => [arm, buckets / BUCKETS])),
  counts: new Map(arms.map(({ arm, exposures }) => [arm, exposures])),
});

const sum = (tallies: readonly ArmTally[], field: 'exposures' | 'outcomes' | 'positives'): number =>
  tallies.reduce((total, tally) => total + tally[field], 0);
