import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { isAway } from '../clients/outlastRestart.ts';
import type { PredictResponse } from '../../proto/gen/holdfast/v1/prediction.ts';
import type { StartContext } from './StartContext.ts';

export type Instance = Readonly<Record<string, string | number | null>>;

export interface ServedPrediction {
  readonly instance: Instance;
  readonly probability: number;
  readonly label: string;
  readonly modelVersion: number;
}

const patienceMs = 30_000;

/** One prediction by the inference server, which may still be loading the model just after the start. */
export async function servePrediction(
  context: StartContext,
  model: string,
  instance: Instance,
): Promise<ServedPrediction> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      const answer = await predict(context, model, instance);
      return {
        instance,
        probability: answer.probabilities[0],
        label: answer.predictions[0],
        modelVersion: answer.modelVersion,
      };
    } catch (error) {
      const loading =
        isAway(error) ||
        (error instanceof HoldfastError && ['notFound', 'failedPrecondition'].includes(error.code));
      if (!loading || Date.now() > until) throw error;
      await sleep(100, undefined, { signal: context.signal });
    }
  }
}

const predict = (
  { clients, signal }: StartContext,
  model: string,
  instance: Instance,
): Promise<PredictResponse> =>
  clients.prediction.predict({ model, version: '', instances: [{ ...instance }] }, { signal });
