import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Principal } from '../platform/access/Principal.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { malformedRequest } from '../platform/grpc/malformedRequest.ts';
import { uuidv7 } from '../platform/uuidv7.ts';
import type { PredictResponse } from '../proto/gen/holdfast/v1/prediction.ts';
import type { Columns } from './Columns.ts';
import { callerGone } from './createBatcher.ts';
import type { ModelStore } from './createModelStore.ts';
import type { Route } from './experiments/chooseRoute.ts';
import { explainRows } from './explanation/explainRows.ts';
import type { Shadows } from './experiments/createShadows.ts';
import { type Headers, readUnits, routeCall } from './experiments/routeCall.ts';
import { InstanceReader } from './InstanceReader.ts';
import type { LoadedModel } from './LoadedModel.ts';
import type { PredictionCounts } from './metrics/PredictionCounts.ts';
import type { PredictCall } from './PredictCall.ts';
import { statusOf } from './metrics/statusOf.ts';
import { scoredModel } from './scoredModel.ts';
import type { PredictionLog } from './spool/openSpool.ts';
import { toCall } from './spool/toCall.ts';
import { readColumns } from './wire/readColumns.ts';
import { readIds } from './wire/readIds.ts';
import { readInstance } from './wire/readInstance.ts';
import { WireError, WireReader } from './wire/WireReader.ts';

// Predict, apart from any transport: gRPC, REST and tests call the same function. Large requests are read in slices, between
// which other calls get their turn; the batcher scores them in slices too.

const SLICE_ROWS = 500;
export const MAXIMUM_VIOLATIONS = 100;

export interface PredictContext {
  readonly store: ModelStore;
  /** Where every prediction is before it is answered. */
  readonly log: Pick<PredictionLog, 'append'>;
  readonly shadows: Pick<Shadows, 'run'>;
  readonly counts: PredictionCounts;
  /** The metadata that names the unit of a call. */
  readonly stickyHeader: string;
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
  readonly metadata: Headers;
  readonly principal: Pick<Principal, 'name' | 'models'>;
  /** Told of how many rows the call carried. */
  rows?: number;
}

/** A prediction with what Submit answers and Predict does not. */
export interface Predicted extends PredictResponse {
  readonly experiment: string;
  readonly unitKeys: readonly (string | null)[];
  /** Whether it is in the spool; where there is no room it is answered all the same. */
  readonly kept: boolean;
}

/** Of a submitted customer. */
export interface Submission {
  /** The unit that the message itself names. */
  readonly unitKey: string;
  /** Asked before anything is scored. */
  readonly assertUnits: (keys: readonly (string | null)[]) => void;
  /** The columns to be kept, of those that the model takes. */
  readonly features: (columns: readonly string[]) => Readonly<Record<string, unknown>>;
}

/**
 * @throws HoldfastError invalidArgument with every fault by row and column; resourceExhausted where too much waits; notFound,
 * failedPrecondition, unavailable as ModelStore.use says
 */
export async function predict(
  context: PredictContext,
  request: PredictCall,
  caller: Caller,
  submission?: Submission,
): Promise<Predicted> {
  const model = scoredModel(request.model, context.defaultModel, caller.principal);
  caller.rows = (caller.rows ?? 0) + request.rowCount;
  try {
    return await predictRouted(context, model, request, caller, submission);
  } catch (error) {
    context.counts.failed(model, statusOf(error, caller));
    throw error;
  }
}

function predictRouted(
  context: PredictContext,
  model: string,
  request: PredictCall,
  caller: Caller,
  submission: Submission | undefined,
): Promise<Predicted> {
  const begun = performance.now();
  const { store, stickyHeader } = context;
  const { metadata } = caller;
  const named = submission?.unitKey ?? '';
  const units = readUnits({ store, stickyHeader }, model, metadata, named, request.rowCount, idColumn =>
    readIds(request, idColumn),
  );
  submission?.assertUnits(units.keys);
  const route = routeCall(store, model, request.version, metadata, units);
  const id = uuidv7();
  return store.use(model, route.version, async loaded => {
    const scored = await score(context, loaded, request, caller);
    // Before it is kept, so that what is kept is what was answered.
    const explanation = request.explain
      ? await explainRows(loaded, scored.columns, scored.probabilities, caller)
      : undefined;
    const features = submission?.features(loaded.signature.inputs.map(({ name }) => name)) ?? null;
    const kept = await context.log.append(toCall(id, loaded, route, units, { ...scored, features }));
    if (route.shadow !== null) {
      const shadowed: Route = { ...route, ...route.shadow, kind: 'shadow', shadow: null };
      context.shadows.run(() =>
        store.use(model, shadowed.version, async shadow => {
          const answer = await score(context, shadow, request, {
            method: caller.method,
            metadata,
            principal: caller.principal,
            cancelled: false,
            deadline: Number.POSITIVE_INFINITY,
          });
          await context.log.append(toCall(id, shadow, shadowed, units, { ...answer, features: null }));
        }),
      );
    }
    const { positive } = loaded.metadata.label;
    const churning = scored.predictions.reduce((sum, label) => (label === positive ? sum + 1 : sum), 0);
    context.counts.answered(loaded, request.rowCount, churning, performance.now() - begun);
    return {
      model: loaded.model,
      modelVersion: loaded.version,
      threshold: loaded.metadata.threshold,
      predictions: scored.predictions,
      probabilities: request.returnProba ? scored.probabilities : [],
      predictionId: id,
      arm: route.arm ?? '',
      explanation,
      experiment: route.experiment ?? '',
      unitKeys: units.keys,
      kept,
    };
  });
}

async function score(
  context: PredictContext,
  loaded: LoadedModel,
  request: PredictCall,
  caller: Caller,
): Promise<{ columns: Columns; predictions: string[]; probabilities: number[] }> {
  const begun = performance.now();
  const read = readRequest(context, loaded, request, caller);
  const columns = read instanceof Promise ? await read : read;
  const probabilities = [...(await loaded.score(columns, caller, begun))];
  const predictions = probabilities.map(probability => loaded.label(probability));
  return { columns, predictions, probabilities };
}

/**
 * The instances of a request, checked; at once where they are few.
 * @throws HoldfastError invalidArgument with every fault by row and column
 */
export function readRequest(
  { onUnseenLevel }: Pick<PredictContext, 'onUnseenLevel'>,
  loaded: LoadedModel,
  request: PredictCall,
  caller: Caller,
): Columns | Promise<Columns> {
  const counted = ({ columns }: InstanceReader): Columns => {
    if (columns.texts.length > 0) countUnseen(loaded, columns, onUnseenLevel);
    return columns;
  };
  return request.rowCount > SLICE_ROWS
    ? readInSlices(loaded, request, caller).then(counted)
    : counted(readAll(loaded, request, caller));
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
    if (caller.cancelled) throw callerGone(caller);
    attempt(caller, () => readRows(reader, request, from, Math.min(from + SLICE_ROWS, request.rowCount)));
  }
  refuseFaults(loaded, reader);
  return reader;
}

const readerFor = (
  { signature }: LoadedModel,
  { rowCount, labelKey, nameRow }: PredictCall,
): InstanceReader =>
  new InstanceReader(signature, rowCount, { maximumViolations: MAXIMUM_VIOLATIONS, labelKey, nameRow });

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
    throw error instanceof WireError ? malformedRequest(method, error) : error;
  }
}

export function refuseFaults(loaded: LoadedModel, { violations, violationCount }: InstanceReader): void {
  if (violationCount === 0) return;
  const [first] = violations;
  const more = violationCount === 1 ? '' : ` (and ${violationCount - 1} more)`;
  const shown = violationCount > violations.length ? `; the first ${violations.length} are listed` : '';
  throw new HoldfastError(
    'invalidArgument',
    `The request does not fit ${loaded.model} version ${loaded.version}: ${first.field}: ${first.description}${more}. Correct ${violationCount === 1 ? 'that' : `all ${violationCount}`} and send it again${shown}.`,
    { violations },
  );
}

export function countUnseen(
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
