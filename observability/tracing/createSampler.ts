import {
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';

/** Methods and routes of the hot path, of which there are thousands a second. */
const PREDICTIONS = /predict|infer|explain|submit/i;

/**
 * Whoever called decides, where it traces. Of predictions that nobody traces a share is begun, by the trace's id; everything
 * else, which people and schedules ask for, is traced.
 */
export function createSampler(predictionShare: number): Sampler {
  const predictions = new TraceIdRatioBasedSampler(predictionShare);
  const others = new AlwaysOnSampler();
  return new ParentBasedSampler({
    root: {
      shouldSample: (...asked) =>
        PREDICTIONS.test(asked[2]) ? predictions.shouldSample(asked[0], asked[1]) : others.shouldSample(),
      toString: () => `HoldfastSampler{${predictionShare}}`,
    },
  });
}
