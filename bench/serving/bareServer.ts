import { readFileSync } from 'node:fs';
import cluster from 'node:cluster';
import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall } from '@grpc/grpc-js';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readMetadata } from '../../ml/onnx/readMetadata.ts';
import {
  PredictionServiceService,
  type PredictRequest,
  type PredictResponse,
} from '../../proto/gen/holdfast/v1/prediction.ts';

// What Holdfast is measured against: `bareServer.ts echo|onnx PORT PROCESSES MODEL`. `echo` answers the bytes that came and
// looks at nothing: the limit of grpc-js. `onnx` is what one would write in an afternoon: the generated decoder, the model
// file as it is, one run a call; no validation, no batching, no versions.

const [kind, port, processes, model] = process.argv.slice(2);
const path = PredictionServiceService.predict.path;
const identity = (bytes: Buffer): Buffer => bytes;

if (cluster.isPrimary) {
  let serving = 0;
  for (let index = 0; index < Number(processes); index++)
    cluster.fork().on('message', () => {
      serving++;
      if (serving === Number(processes)) process.send?.({ ready: true });
    });
  process.on('disconnect', () => process.exit(0));
} else {
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  if (kind === 'echo')
    server.register(
      path,
      (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) =>
        callback(null, call.request),
      identity,
      identity,
      'unary',
    );
  else {
    const predict = await createPredict(readFileSync(model));
    const { requestDeserialize, responseSerialize } = PredictionServiceService.predict;
    server.register(
      path,
      (call: ServerUnaryCall<PredictRequest, PredictResponse>, callback: sendUnaryData<PredictResponse>) =>
        void answer(predict, call.request, callback),
      responseSerialize,
      requestDeserialize,
      'unary',
    );
  }
  server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), error => {
    if (error !== null) throw error;
    process.send?.('serving');
  });
}

type Predict = (request: PredictRequest) => Promise<PredictResponse>;

async function answer(
  predict: Predict,
  request: PredictRequest,
  callback: sendUnaryData<PredictResponse>,
): Promise<void> {
  let response: PredictResponse;
  try {
    response = await predict(request);
  } catch (error) {
    return callback(error instanceof Error ? error : new Error(String(error)));
  }
  callback(null, response);
}

async function createPredict(bytes: Uint8Array): Promise<Predict> {
  const { inputs, threshold, label } = readMetadata(bytes);
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return async ({ instances }) => {
    const feeds: Record<string, Tensor> = {};
    const shape = [instances.length, 1];
    for (const { name, kind: type } of inputs)
      feeds[name] =
        type === 'number'
          ? new Tensor(
              'float32',
              Float32Array.from(instances, instance => instance[name] ?? Number.NaN),
              shape,
            )
          : new Tensor(
              'string',
              instances.map(instance => instance[name] ?? ''),
              shape,
            );
    const { probabilities } = await session.run(feeds, ['probabilities']);
    const positive = Array.from(probabilities.data, Number).filter((_, index) => index % 2 === 1);
    return {
      model: 'churn',
      modelVersion: 1,
      threshold,
      predictions: positive.map(each => (each >= threshold ? label.positive : label.negative)),
      probabilities: positive,
      predictionId: '',
      arm: '',
    };
  };
}
