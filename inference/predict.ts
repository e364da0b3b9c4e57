import { setImmediate as nextTurn } from 'node:timers/promises';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { MalformedMessage } from '../platform/grpc/MalformedMessage.ts';
import { uuidv7 } from '../platform/uuidv7.ts';
import type { PredictResponse } from '../proto/gen/holdfast/v1/prediction.ts';
import { callerGone } from './createBatcher.ts';
import type { ModelStore } from './createModelStore.ts';
import { InstanceReader } from './InstanceReader.ts';
import type { LoadedModel } from './LoadedModel.ts';
import type { PredictCall } from './PredictCall.ts';
import { readColumns } from './wire/readColumns.ts';
import { readInstance } from './wire/readInstance.ts';
import { WireError, WireReader } from './wire/WireReader.ts';

// Predict, apart from any transport: gRPC, REST and tests call the same function. Large requests are read in slices, between
// which other calls get their turn; the batcher scores them in slices too.

const SLICE_ROWS = 500;
const MAXIMUM_VIOLATIONS = 100;

export interface PredictContext {
  readonly store: ModelStore;
  /** The model of a request that names none. */
  readonly defaultModel: string;
  /** Told of the first value of a category that training did not meet, once a column and version. */
  readonly onUnseenLevel: (loaded: LoadedModel, column: string, example: string) => void;
}

/** What a request carries besides its message. */
export interface Caller {
  readonly method: string;
  readonly cancelled: boolean;
  readonly deadline: number;
}

/**
 * @throws HoldfastError invalidArgument with every fault by row and column; resourceExhausted where too much waits; notFound,
 * failedPrecondition, unavailable as ModelStore.use says
 */
export function predict(
  { store, defaultModel, onUnseenLevel }: PredictContext,
  request: PredictCall,
  caller: Caller,
): Promise<PredictResponse> {
  return store.use(request.model === '' ? defaultModel : request.model, request.version, async loaded => {
    const { columns } =
      request.rowCount > SLICE_ROWS
        ? await readInSlices(loaded, request, caller)
        : readAll(loaded, request, caller);
    if (columns.texts.length > 0) countUnseen(loaded, columns, onUnseenLevel);
    const scored = await loaded.score(columns, caller);
    const predictions: string[] = [];
    for (const probability of scored) predictions.push(loaded.label(probability));
    return {
      model: loaded.model,
      modelVersion: loaded.version,
      threshold: loaded.metadata.threshold,
      predictions,
      probabilities: request.returnProba ? [...scored] : [],
      predictionId: uuidv7(),
      arm: '',
    };
  });
}

function readAll(loaded: LoadedModel, request: PredictCall, caller: Caller): InstanceReader {
  const reader = readerFor(loaded, request);
  attempt(caller, () => readRows(reader, request, 0, request.rowCount));
  refuseFaults(loaded, reader);
  return reader;
}

async function readInSlices(
  loaded: LoadedModel,
  request: PredictCall,
  caller: Caller,
): Promise<InstanceReader> {
  const reader = readerFor(loaded, request);
  for (let from = 0; from < request.rowCount; from += SLICE_ROWS) {
    if (from > 0) await nextTurn();
    if (caller.cancelled) throw callerGone();
    attempt(caller, () => readRows(reader, request, from, Math.min(from + SLICE_ROWS, request.rowCount)));
  }
  refuseFaults(loaded, reader);
  return reader;
}

const readerFor = ({ signature }: LoadedModel, { rowCount, labelKey }: PredictCall): InstanceReader =>
  new InstanceReader(signature, rowCount, { maximumViolations: MAXIMUM_VIOLATIONS, labelKey });

/** Instances by rows; columns, which cost little, all at once with the first rows. */
function readRows(reader: InstanceReader, { rows }: PredictCall, from: number, to: number): void {
  if (rows.kind === 'columns') {
    if (from === 0) readColumns(reader, rows.columns);
    return;
  }
  const wire = new WireReader(rows.bytes);
  for (let row = from; row < to; row++) {
    wire.position = rows.bounds[2 * row];
    wire.end = rows.bounds[2 * row + 1];
    readInstance(reader, wire, row);
  }
}

/** What could not be seen before the model was known: that an instance is no message. */
function attempt({ method }: Caller, read: () => void): void {
  try {
    read();
  } catch (error) {
    throw error instanceof WireError ? new MalformedMessage(error).toError(method) : error;
  }
}

function refuseFaults(loaded: LoadedModel, { violations, violationCount }: InstanceReader): void {
  if (violationCount === 0) return;
  const [first] = violations;
  const more = violationCount === 1 ? '' : ` (and ${violationCount - 1} more)`;
  const shown = violationCount > violations.length ? `; the first ${violations.length} are listed` : '';
  throw new HoldfastError(
    'invalidArgument',
    `The instances do not fit ${loaded.model} version ${loaded.version}: ${first.field}: ${first.description}${more}. Correct ${violationCount === 1 ? 'the value' : `the ${violationCount} values`} and send the request again${shown}.`,
    { violations },
  );
}

function countUnseen(
  loaded: LoadedModel,
  { codes, texts }: InstanceReader['columns'],
  onUnseenLevel: PredictContext['onUnseenLevel'],
): void {
  const { inputs, slots, categoryCount } = loaded.signature;
  for (const [place, input] of inputs.entries()) {
    if (input.kind !== 'category') continue;
    let count = 0;
    let example = '';
    for (let at = slots[place]; at < codes.length; at += categoryCount)
      if (codes[at] < 0 && count++ === 0) example = texts[-1 - codes[at]];
    if (count > 0 && loaded.countUnseenLevels(input.name, count)) onUnseenLevel(loaded, input.name, example);
  }
}
