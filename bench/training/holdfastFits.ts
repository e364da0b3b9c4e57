import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { z } from 'zod';
import { createThreadCrew } from '../../activities/training/createThreadCrew.ts';
import { rocAuc } from '../../ml/evaluation/rocAuc.ts';
import type { FeatureMatrix } from '../../ml/features/FeatureMatrix.ts';
import { type KernelMemory, withKernelMemory } from '../../ml/kernels/withKernelMemory.ts';
import { fitModel } from '../../ml/trainers/fitModel.ts';
import { scoreModel } from '../../ml/trainers/scoreModel.ts';
import { type FitJob, fitJobSchema } from './FitJob.ts';
import { recipeOf } from './syntheticRecipes.ts';
import type { SideResult } from './SideResult.ts';

// Our side of the single fits: `holdfastFits.ts JOBS.json`, one after another, on a crew of two threads as a
// training thread has them when no other task is under way. Nothing is resampled.

const idleMegabytes = process.memoryUsage.rss() / 2 ** 20;
const started = performance.now();
const before = process.cpuUsage();
const jobs = z.array(fitJobSchema).parse(JSON.parse(readFileSync(process.argv[2], 'utf8')));
const crew = createThreadCrew(() => 2);
const fits = jobs.map(job => {
  const begun = performance.now();
  const auc = withKernelMemory(memory => rocAucOf(job, memory));
  return { name: job.name, seconds: (performance.now() - begun) / 1000, rocAuc: auc };
});
const { user, system } = process.cpuUsage(before);
await crew.close();
const result: SideResult = {
  seconds: (performance.now() - started) / 1000,
  cpuSeconds: (user + system) / 1e6,
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
  idleMegabytes,
  fits,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

/** The numbers lie in the kernels' memory, where fitCandidate encodes a table to. */
function rocAucOf(
  { trainer, file, columnCount, trainRows, evaluateRows }: FitJob,
  memory: KernelMemory,
): number {
  const values = memory.float32(columnCount * (trainRows + evaluateRows));
  const labels = memory.uint8(trainRows + evaluateRows);
  readInto(file, [values, labels]);
  const part = (from: number, rowCount: number): FeatureMatrix => ({
    rowCount,
    columnCount,
    values: values.subarray(columnCount * from, columnCount * (from + rowCount)),
  });
  const model = fitModel(
    recipeOf(trainer),
    part(0, trainRows),
    labels.subarray(0, trainRows),
    1,
    undefined,
    crew,
  );
  return rocAuc(labels.subarray(trainRows), scoreModel(model, part(trainRows, evaluateRows)));
}

function readInto(path: string, arrays: readonly (Float32Array | Uint8Array)[]): void {
  const file = openSync(path, 'r');
  try {
    for (const array of arrays) {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      for (let read = 0; read < bytes.length; ) read += readSync(file, bytes, { offset: read });
    }
  } finally {
    closeSync(file);
  }
}
