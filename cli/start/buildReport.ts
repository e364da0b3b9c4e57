import { metricNames } from '../../ml/definition/ProjectDefinition.ts';
import type { ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';
import type { Run } from '../../proto/gen/holdfast/v1/run.ts';
import type { ServedPrediction } from './servePrediction.ts';

/** What `npm start -- --once --report FILE` writes: the run, its candidates, what is in Production and one prediction. */
export const buildReport = (run: Run, production: ModelVersion, prediction: ServedPrediction) => ({
  model: run.model,
  dataset: {
    digest: run.dataset?.digest,
    rows: run.dataset?.rows,
    quarantined: run.dataset?.quarantined,
  },
  candidates: run.candidates.map(({ trainer, metrics, crossValidation, seconds, version, digest }) => ({
    trainer,
    version,
    digest,
    metrics:
      metrics && Object.fromEntries([...metricNames, 'profit' as const].map(name => [name, metrics[name]])),
    crossValidation,
    seconds,
  })),
  gate: run.result?.gate,
  production: { version: production.version, trainer: production.trainer, digest: production.digest },
  prediction,
});
