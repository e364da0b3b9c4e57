import { toStatus } from '../../platform/grpc/toStatus.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type {
  ModelInferRequest,
  ModelInferResponse,
  ModelStreamInferResponse,
} from '../../proto/gen/inference/grpc_service.ts';
import {
  type Caller,
  countUnseen,
  MAXIMUM_VIOLATIONS,
  type PredictContext,
  refuseFaults,
} from '../predict.ts';
import { ARM_HEADER } from '../experiments/routeCall.ts';
import { statusOf } from '../metrics/statusOf.ts';
import { scoredModel } from '../scoredModel.ts';
import { encodeOutputs, readWantedOutputs } from './encodeOutputs.ts';
import { readInferRequest } from './readInferRequest.ts';

// ModelInfer apart from any transport: the same store, the same rules for values and the same batches as Predict.

/** @throws HoldfastError as predict; invalidArgument where the call wishes for an arm */
export async function infer(
  context: PredictContext,
  request: ModelInferRequest,
  caller: Caller,
): Promise<ModelInferResponse> {
  const model = scoredModel(request.modelName, context.defaultModel, caller.principal);
  try {
    if (caller.metadata.get(ARM_HEADER).length > 0) throw noArms();
    return await inferBy(context, model, request, caller);
  } catch (error) {
    context.counts.failed(model, statusOf(error, caller));
    throw error;
  }
}

function inferBy(
  { store, counts, onUnseenLevel }: PredictContext,
  model: string,
  request: ModelInferRequest,
  caller: Caller,
): Promise<ModelInferResponse> {
  const begun = performance.now();
  return store.use(model, request.modelVersion, async loaded => {
    const wanted = readWantedOutputs(request.outputs);
    const reader = readInferRequest(request, loaded.signature, MAXIMUM_VIOLATIONS);
    refuseFaults(loaded, reader);
    const { columns } = reader;
    caller.rows = (caller.rows ?? 0) + columns.rowCount;
    if (columns.texts.length > 0) countUnseen(loaded, columns, onUnseenLevel);
    const positive = await loaded.score(columns, withTimeout(request, caller), begun);
    const encoded = encodeOutputs(wanted, loaded, positive);
    const { label } = loaded.metadata;
    const churning = positive.reduce((sum, p) => (loaded.label(p) === label.positive ? sum + 1 : sum), 0);
    counts.answered(loaded, columns.rowCount, churning, performance.now() - begun);
    return {
      modelName: loaded.model,
      modelVersion: String(loaded.version),
      id: request.id,
      parameters: {},
      ...encoded,
    };
  });
}

const noArms = (): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `ModelInfer takes no part in experiments, so that ${ARM_HEADER} would have no effect: use Predict, or leave it out.`,
    { violations: [{ field: ARM_HEADER, description: 'is for Predict; leave it out' }] },
  );

/** Each request has its answer or its error, in their order; a wrong one does not end the stream. */
export async function* inferStream(
  context: PredictContext,
  requests: AsyncIterable<ModelInferRequest>,
  caller: Caller,
): AsyncGenerator<ModelStreamInferResponse> {
  for await (const request of requests) {
    try {
      yield { errorMessage: '', inferResponse: await infer(context, request, caller) };
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      yield { errorMessage: toStatus(error).details, inferResponse: answerOf(request) };
    }
  }
}

const answerOf = ({ id, modelName, modelVersion }: ModelInferRequest): ModelInferResponse => ({
  id,
  modelName,
  modelVersion,
  parameters: {},
  outputs: [],
  rawOutputContents: [],
});

/** The reserved parameter `timeout`: microseconds after which the caller no longer wants the answer. */
function withTimeout({ parameters }: ModelInferRequest, caller: Caller): Caller {
  const choice = parameters.timeout?.parameterChoice;
  if (choice?.$case !== 'int64Param' && choice?.$case !== 'uint64Param') return caller;
  if (choice.value <= 0n) return caller;
  return {
    method: caller.method,
    metadata: caller.metadata,
    principal: caller.principal,
    deadline: Math.min(caller.deadline, Date.now() + Number(choice.value) / 1000),
    get cancelled() {
      return caller.cancelled;
    },
  };
}
