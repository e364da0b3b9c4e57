import { readFileSync } from 'node:fs';
import { InferenceSession } from 'onnxruntime-node';
import { ModelInferRequest } from '../../proto/gen/inference/grpc_service.ts';
import { rawFeeds } from './rawFeeds.ts';
import { readBodies } from './readBodies.ts';
import { repeatCalls } from './repeatCalls.ts';
import { rawJobSchema } from './ServingJob.ts';

// onnxruntime-node alone: the model file as it is, run over and over in one thread on tensors that were made before the clock
// began. It is its own server.

const { model, bodiesFile } = rawJobSchema.parse(JSON.parse(process.argv[2]));
const session = await InferenceSession.create(readFileSync(model), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
});
const batches = readBodies(bodiesFile).map(body => rawFeeds(ModelInferRequest.decode(body)));
let next = 0;

const run = async (): Promise<null> => {
  await session.run(batches[next++ % batches.length], ['probabilities']);
  return null;
};
await repeatCalls(() => ({ calls: [run], close: () => undefined }));
