import type { Experiment as Registered, ExperimentEvent } from '../../db/experiments/Experiment.ts';
import { type BucketRange, countBuckets } from '../../ml/experiments/allocateBuckets.ts';
import { type Experiment, ExperimentStatus } from '../../proto/gen/holdfast/v1/experiment.ts';
import { toPercent } from './weights.ts';

/** An experiment as the message of the API. */
export function encodeExperiment(
  experiment: Registered,
  events: readonly ExperimentEvent[] = [],
  exposures: ReadonlyMap<string, number> = new Map(),
): Experiment {
  const { model, name, salt, status, revision, arms, allocation, startedAt, endedAt } = experiment;
  const buckets = countBuckets(allocation);
  return {
    model,
    name,
    salt,
    status:
      status === 'running'
        ? ExperimentStatus.EXPERIMENT_STATUS_RUNNING
        : ExperimentStatus.EXPERIMENT_STATUS_STOPPED,
    revision,
    arms: arms.map(arm => ({
      name: arm.name,
      version: arm.alias ?? String(arm.version),
      weightPercent: toPercent(buckets.get(arm.name) ?? 0),
      shadow: arm.shadow,
      exposureCount: exposures.get(arm.name) ?? 0,
    })),
    allocation: allocation.map(({ arm, from, to }) => ({ arm, from, to })),
    startTime: startedAt,
    endTime: endedAt ?? undefined,
    events: events.map(event => ({
      revision: event.revision,
      kind: event.kind,
      weights: weightsOf(
        event.allocation,
        arms.flatMap(arm => (arm.shadow ? [] : [arm.name])),
      ),
      actor: event.actor,
      reason: event.reason,
      time: event.at,
    })),
  };
}

function weightsOf(allocation: readonly BucketRange[], arms: readonly string[]) {
  const buckets = countBuckets(allocation);
  return arms.map(arm => ({ arm, weightPercent: toPercent(buckets.get(arm) ?? 0) }));
}
