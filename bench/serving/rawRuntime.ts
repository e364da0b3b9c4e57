import { readFileSync } from 'node:fs';
import { InferenceSession } from 'onnxruntime-node';
import { ModelInferRequest } from '../../proto/gen/inference/grpc_service.ts';
import { rawFeeds } from './rawFeeds.ts';
import { readBodies } from './readBodies.ts';
import type { RawResult } from './ServingJob.ts';

// onnxruntime-node alone: `rawRuntime.ts MODEL BODIES SECONDS`. The model file as it is, run over and over in one thread on
// tensors that were made before the clock began.

const [model = '', bodies = '', seconds = ''] = process.argv.slice(2);
const session = await InferenceSession.create(readFileSync(model), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 3,
});
const batches = readBodies(bodies).map(body => rawFeeds(ModelInferRequest.decode(body)));

async function runFor(limitSeconds: number): Promise<RawResult> {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const latenciesMs: number[] = [];
  while (performance.now() - begun < limitSeconds * 1000) {
    const from = performance.now();
    await session.run(batches[latenciesMs.length % batches.length], ['probabilities']);
    latenciesMs.push(performance.now() - from);
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    latenciesMs,
    seconds: (performance.now() - begun) / 1000,
    cpuSeconds: (user + system) / 1e6,
    megabytes: process.memoryUsage.rss() / 1e6,
  };
}

await runFor(Math.min(2, Number(seconds) / 2));
process.stdout.write(JSON.stringify(await runFor(Number(seconds))));
