import { setImmediate as nextTurn } from 'node:timers/promises';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { uuidv7 } from '../platform/uuidv7.ts';
import type { PredictRequest, PredictResponse } from '../proto/gen/holdfast/v1/prediction.ts';
import { MAXIMUM_INSTANCES, wrongCount } from './decodePredictRequest.ts';
import { InstanceReader } from './InstanceReader.ts';
import type { LoadedModel } from './LoadedModel.ts';
import type { ModelStore } from './createModelStore.ts';

// Predict, apart from any transport: gRPC, REST and tests call the same function. Large requests are read and scored in
// slices, between which other calls get their turn, for a run of ONNX Runtime holds the JavaScript thread for its whole length.

const SLICE_ROWS = 1000;
const MAXIMUM_VIOLATIONS = 100;

export interface PredictContext {
  readonly store: ModelStore;
  /** The model of a request that names none. */
  readonly defaultModel: string;
  /** Told of the first value of a category that training did not meet, once a column and version. */
  readonly onUnseenLevel: (loaded: LoadedModel, column: string, example: string) => void;
}

/** What a request carries besides its message. */
export interface Cancellation {
  readonly cancelled: boolean;
}

/**
 * @throws HoldfastError invalidArgument with every fault by row and column; notFound, failedPrecondition, unavailable as
 * ModelStore.use says
 */
export async function predict(
  { store, defaultModel, onUnseenLevel }: PredictContext,
  request: PredictRequest,
  call: Cancellation,
): Promise<PredictResponse> {
  const { instances } = request;
  if (instances.length === 0 || instances.length > MAXIMUM_INSTANCES) throw wrongCount(instances.length);
  return store.use(request.model === '' ? defaultModel : request.model, request.version, async loaded => {
    const reader = await readAll(loaded, request, call);
    for (const [place, { count, example }] of reader.unseen) {
      const column = loaded.signature.inputs[place].name;
      if (loaded.countUnseenLevels(column, count)) onUnseenLevel(loaded, column, example);
    }
    const predictions: string[] = [];
    const probabilities: number[] = [];
    for (let from = 0; from < instances.length; from += SLICE_ROWS) {
      if (call.cancelled) throw callerGone();
      const scored = await loaded.score(reader.columns, from, Math.min(from + SLICE_ROWS, instances.length));
      for (const probability of scored) {
        predictions.push(loaded.label(probability));
        probabilities.push(probability);
      }
    }
    return {
      model: loaded.model,
      modelVersion: loaded.version,
      threshold: loaded.metadata.threshold,
      predictions,
      probabilities: request.returnProba === false ? [] : probabilities,
      predictionId: uuidv7(),
      arm: '',
    };
  });
}

async function readAll(
  loaded: LoadedModel,
  { instances, labelKey }: PredictRequest,
  call: Cancellation,
): Promise<InstanceReader> {
  const reader = new InstanceReader(loaded.signature, instances.length, MAXIMUM_VIOLATIONS, labelKey);
  for (let row = 0; row < instances.length; row++) {
    if (row > 0 && row % SLICE_ROWS === 0) {
      await nextTurn();
      if (call.cancelled) throw callerGone();
    }
    reader.read(instances[row], row);
  }
  if (reader.violationCount === 0) return reader;
  const { violations, violationCount } = reader;
  const [first] = violations;
  const more = violationCount === 1 ? '' : ` (and ${violationCount - 1} more)`;
  const shown = violationCount > violations.length ? `; the first ${violations.length} are listed` : '';
  throw new HoldfastError(
    'invalidArgument',
    `The instances do not fit ${loaded.model} version ${loaded.version}: ${first.field}: ${first.description}${more}. Correct ${violationCount === 1 ? 'the value' : `the ${violationCount} values`} and send the request again${shown}.`,
    { violations },
  );
}

/** Nobody reads it; it only ends the work. */
const callerGone = (): HoldfastError =>
  new HoldfastError(
    'unavailable',
    'The caller went away or its deadline passed before the answer was complete.',
  );
