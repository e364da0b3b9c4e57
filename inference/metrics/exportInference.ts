import type { Metrics } from '../../observability/metrics/createMetrics.ts';
import type { ModelStore } from '../createModelStore.ts';
import type { Shadows } from '../experiments/createShadows.ts';
import type { PredictionLog } from '../spool/openSpool.ts';
import { exportModels } from './exportModels.ts';
import { exportPredictions } from './exportPredictions.ts';
import { exportStatistics } from './exportStatistics.ts';
import type { PredictionCounts } from './PredictionCounts.ts';

export interface InferenceFigures {
  readonly store: Pick<ModelStore, 'loaded' | 'peek' | 'statistics'>;
  readonly counts: PredictionCounts;
  readonly log: Pick<PredictionLog, 'pendingBytes' | 'unkept'>;
  readonly shadows: Pick<Shadows, 'leftOut'>;
}

/** What an inference process tells on its page, all of it read when the page is asked for. */
export function exportInference(metrics: Metrics, { store, counts, log, shadows }: InferenceFigures): void {
  exportPredictions(metrics, store, counts);
  exportStatistics(metrics, () => store.statistics());
  exportModels(metrics, store);
  metrics.gauge(
    { name: 'holdfast_spool_pending_bytes', help: 'Predictions on disk that are not yet in PostgreSQL.' },
    () => [{ labels: {}, value: log.pendingBytes() }],
  );
  metrics.counter(
    {
      name: 'holdfast_spool_unkept_predictions_total',
      help: 'Predictions that were answered and could not be kept, for the spool had no room.',
    },
    () => [{ labels: {}, value: log.unkept() }],
  );
  metrics.counter(
    {
      name: 'holdfast_shadow_left_out_total',
      help: 'Shadow predictions that were left out, for too many waited.',
    },
    () => [{ labels: {}, value: shadows.leftOut() }],
  );
}
