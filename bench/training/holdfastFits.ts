import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { createThreadCrew } from '../../activities/training/createThreadCrew.ts';
import { rocAuc } from '../../ml/evaluation/rocAuc.ts';
import type { FeatureMatrix } from '../../ml/features/FeatureMatrix.ts';
import { fitModel } from '../../ml/trainers/fitModel.ts';
import { scoreModel } from '../../ml/trainers/scoreModel.ts';
import { fitJobSchema } from './FitJob.ts';
import { recipeOf } from './syntheticRecipes.ts';
import type { SideResult } from './SideResult.ts';

// Our side of the single fits: `holdfastFits.ts JOBS.json`, one after another, on a crew of two threads as a
// training thread has them when no other task is under way. Nothing is resampled.

const idleMegabytes = process.memoryUsage.rss() / 2 ** 20;
const started = performance.now();
const before = process.cpuUsage();
const jobs = z.array(fitJobSchema).parse(JSON.parse(readFileSync(process.argv[2], 'utf8')));
const crew = createThreadCrew(() => 2);
const fits = jobs.map(({ name, trainer, file, columnCount, trainRows, evaluateRows }) => {
  const begun = performance.now();
  const { buffer, byteOffset } = readFileSync(file);
  const trainValues = columnCount * trainRows;
  const values = new Float32Array(buffer, byteOffset, trainValues + columnCount * evaluateRows);
  const labels = new Uint8Array(buffer, byteOffset + values.byteLength, trainRows + evaluateRows);
  const part = (from: number, to: number, rowCount: number): FeatureMatrix => ({
    rowCount,
    columnCount,
    values: values.subarray(from, to),
  });
  const model = fitModel(
    recipeOf(trainer),
    part(0, trainValues, trainRows),
    labels.subarray(0, trainRows),
    1,
    undefined,
    crew,
  );
  const probabilities = scoreModel(model, part(trainValues, values.length, evaluateRows));
  const seconds = (performance.now() - begun) / 1000;
  return { name, seconds, rocAuc: rocAuc(labels.subarray(trainRows), probabilities) };
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
