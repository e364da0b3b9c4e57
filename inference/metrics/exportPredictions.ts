import { status } from '@grpc/grpc-js';
import type { Metrics } from '../../observability/metrics/createMetrics.ts';
import { errorCodes } from '../../platform/HoldfastError.ts';
import type { ModelStore } from '../createModelStore.ts';
import { type PredictionCounts, UNKNOWN_MODEL } from './PredictionCounts.ts';

const codes: readonly number[] = [status.CANCELLED, ...Object.values(errorCodes).map(({ grpc }) => grpc)];

/** The original's four names. */
export function exportPredictions(
  metrics: Metrics,
  store: Pick<ModelStore, 'loaded' | 'statistics'>,
  counts: PredictionCounts,
): void {
  const models = () => {
    for (const { model } of store.statistics()) counts.model(model);
    counts.model(UNKNOWN_MODEL);
    return counts.models();
  };
  const answers = () => {
    for (const loaded of store.loaded()) counts.of(loaded);
    return counts.answers();
  };
  metrics.counter(
    {
      name: 'prediction_requests_total',
      help: 'Requests for predictions that could be read, answered or not.',
      labelNames: ['model'],
    },
    () => [...models()].map(([model, { requests }]) => ({ labels: { model }, value: requests })),
  );
  metrics.counter(
    {
      name: 'prediction_errors_total',
      help: 'Requests for predictions that were answered with an error or given up, by the status of gRPC.',
      labelNames: ['model', 'code'],
    },
    () =>
      [...models()].flatMap(([model, { errors }]) =>
        codes.map(code => ({ labels: { model, code: status[code] }, value: errors.get(code) ?? 0 })),
      ),
  );
  metrics.histogram(
    {
      name: 'prediction_latency_seconds',
      help: 'From a request for predictions to its answer, of those that were answered.',
      labelNames: ['model', 'version'],
    },
    () =>
      answers().map(({ model, version, latency }) => ({
        labels: { model, version: String(version) },
        buckets: latency,
      })),
  );
  metrics.counter(
    {
      name: 'churn_predictions_total',
      help: 'Customers that were scored and answered, by the label that they got.',
      labelNames: ['model', 'version', 'prediction'],
    },
    () =>
      answers().flatMap(({ model, version, label, positive, negative }) => [
        { labels: { model, version: String(version), prediction: label.positive }, value: positive },
        { labels: { model, version: String(version), prediction: label.negative }, value: negative },
      ]),
  );
}
