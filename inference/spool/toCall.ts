import type { LoadedModel } from '../LoadedModel.ts';
import type { Route } from '../experiments/chooseRoute.ts';
import type { Units } from '../experiments/routeCall.ts';
import type { PredictedCall } from './PredictedCall.ts';

/** What is kept of a call that a version answered. */
export const toCall = (
  id: string,
  { model, version, metadata: { threshold } }: Pick<LoadedModel, 'model' | 'version' | 'metadata'>,
  { kind, experiment, arm }: Route,
  { keys }: Units,
  scored: {
    readonly probabilities: readonly number[];
    readonly predictions: readonly string[];
    readonly features: PredictedCall['features'];
  },
): PredictedCall => ({
  id,
  at: Date.now(),
  model,
  version,
  threshold,
  kind,
  experiment,
  arm,
  unitKeys: keys,
  probabilities: scored.probabilities,
  labels: scored.predictions,
  features: scored.features,
});
