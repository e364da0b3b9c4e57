import type { Described, Metrics } from '../../observability/metrics/createMetrics.ts';
import type { ModelStore } from '../createModelStore.ts';
import type { LoadedModel } from '../LoadedModel.ts';

/** What is in memory just now, and what waits for it. */
export function exportModels(metrics: Metrics, store: Pick<ModelStore, 'loaded' | 'peek'>): void {
  const labelNames = ['model', 'version'];
  const gauge = (
    about: Pick<Described, 'name' | 'help' | 'aggregator'>,
    value: (loaded: LoadedModel) => number,
  ): void =>
    metrics.gauge({ ...about, labelNames }, () =>
      store.loaded().map(loaded => ({
        labels: { model: loaded.model, version: String(loaded.version) },
        value: value(loaded),
      })),
    );
  gauge(
    { name: 'nv_inference_pending_request_count', help: 'Requests that wait for a run.' },
    ({ queue }) => queue.callsWaiting,
  );
  gauge(
    { name: 'holdfast_queue_rows', help: 'Rows that wait for a run or are in one.' },
    ({ queue }) => queue.rowsInside,
  );
  // The file is the same in each of several processes.
  gauge(
    {
      name: 'holdfast_model_file_bytes',
      help: 'Size of the file of a version in memory.',
      aggregator: 'max',
    },
    ({ fileBytes }) => fileBytes,
  );
  metrics.gauge(
    {
      name: 'holdfast_model_version_info',
      help: 'The versions in memory, a series for each alias that names one (empty: none); the value counts the processes that hold it so.',
      labelNames: [...labelNames, 'alias', 'digest'],
    },
    () =>
      store.loaded().flatMap(loaded => {
        const { model, version, digest } = loaded;
        return aliasesOf(store, loaded).map(alias => ({
          labels: { model, version: String(version), alias, digest },
          value: 1,
        }));
      }),
  );
}

function aliasesOf(store: Pick<ModelStore, 'peek'>, loaded: LoadedModel): string[] {
  const named = ['production', 'staging'].filter(
    alias => store.peek(loaded.model, alias)?.version === loaded.version,
  );
  return named.length === 0 ? [''] : named;
}
