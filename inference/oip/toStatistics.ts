import type { ModelStatistics, StatisticDuration } from '../../proto/gen/inference/grpc_service.ts';
import type { Duration, VersionStatistics } from '../InferenceStatistics.ts';

const nothing: StatisticDuration = { count: 0n, ns: 0n };

const toDuration = ({ count, totalMs }: Duration): StatisticDuration => ({
  count: BigInt(count),
  ns: BigInt(Math.round(totalMs * 1e6)),
});

/** A version's statistics in the protocol's words. There is no response cache, and the
 * taking out of the answers is part of the run's time. */
export const toStatistics = (counted: VersionStatistics): ModelStatistics => ({
  name: counted.model,
  version: String(counted.version),
  lastInference: BigInt(counted.lastRequestAt),
  inferenceCount: BigInt(counted.rows),
  executionCount: BigInt(counted.runs),
  inferenceStats: {
    success: toDuration(counted.success),
    fail: toDuration(counted.fail),
    queue: toDuration(counted.queue),
    computeInput: toDuration(counted.computeInput),
    computeInfer: toDuration(counted.computeInfer),
    computeOutput: { count: BigInt(counted.success.count), ns: 0n },
    cacheHit: nothing,
    cacheMiss: nothing,
  },
  batchStats: [...counted.runsByRows]
    .toSorted(([one], [other]) => one - other)
    .map(([rows, duration]) => ({
      batchSize: BigInt(rows),
      computeInput: nothing,
      computeInfer: toDuration(duration),
      computeOutput: nothing,
    })),
});
