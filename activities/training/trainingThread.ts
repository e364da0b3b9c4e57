import { readFileSync } from 'node:fs';
import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import type { Crew } from '../../ml/kernels/Crew.ts';
import { exportPipeline } from '../../ml/onnx/exportPipeline.ts';
import { signatureInputs } from '../../ml/onnx/signatureInputs.ts';
import { deriveSeed } from '../../ml/random/deriveSeed.ts';
import { fitBlend } from '../../ml/trainers/blend/fitBlend.ts';
import { predict } from '../../ml/trainers/predict.ts';
import { trainFinal } from '../../ml/trainers/trainFinal.ts';
import { trainFold } from '../../ml/trainers/trainFold.ts';
import { createThreadCrew } from './createThreadCrew.ts';
import type {
  BlendResult,
  BlendTask,
  FinalResult,
  FinalTask,
  FoldResult,
  FoldTask,
  TrainingOrder,
  TrainingResult,
} from './TrainingTask.ts';

// What a training thread runs. It reads the table once and keeps it, since the tasks of a run all use the same; it writes
// nothing and decides nothing, so that terminating it in the middle loses one fold and no more.

let cached: { path: string; table: Table } | null = null;

function readTable(path: string): Table {
  if (cached?.path !== path) cached = { path, table: decodeTable(new Uint8Array(readFileSync(path))) };
  return cached.table;
}

/** The pool's threads that no task needs work along on this one, as a crew; each is given up as soon as a task comes for it. */
export default async function run({ task, threads, underWay }: TrainingOrder): Promise<TrainingResult> {
  const crew = createThreadCrew(() => Math.floor(threads / Math.max(1, Atomics.load(underWay, 0))));
  try {
    const table = readTable(task.tablePath);
    if (task.kind === 'blend') return runBlend(task, table);
    return task.kind === 'fold' ? runFold(task, table, crew) : runFinal(task, table, crew);
  } finally {
    await crew.close();
  }
}

function runFold({ definition, split, recipe, fold }: FoldTask, table: Table, crew: Crew): FoldResult {
  const { train, foldOf } = split;
  const started = performance.now();
  const cpuBefore = process.threadCpuUsage();
  const probabilities = trainFold({
    table,
    trainRows: train.filter((_row, place) => foldOf[place] !== fold),
    evaluateRows: train.filter((_row, place) => foldOf[place] === fold),
    recipe,
    seed: deriveSeed(definition.seed, recipe.trainer, 'fold', fold),
    crew,
  });
  const { user, system } = process.threadCpuUsage(cpuBefore);
  return {
    kind: 'fold',
    probabilities,
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
  };
}

function runFinal(
  { definition, split, recipe, outOfFold, metadata }: FinalTask,
  table: Table,
  crew: Crew,
): FinalResult {
  const { train, holdout, foldOf } = split;
  const started = performance.now();
  const pipeline = trainFinal({
    table,
    rows: train,
    recipe,
    seed: deriveSeed(definition.seed, recipe.trainer, 'final'),
    outOfFold: { probabilities: outOfFold, foldOf },
    label: definition.label,
    offer: definition.offer,
    crew,
  });
  const seconds = (performance.now() - started) / 1000;
  const onnx = exportPipeline(pipeline, {
    ...metadata,
    threshold: pipeline.threshold,
    inputs: signatureInputs(definition, pipeline.encoder),
  });
  return { kind: 'final', onnx, holdoutProbabilities: predict(pipeline, table, holdout), seconds };
}

function runBlend({ definition, split, members }: BlendTask, table: Table): BlendResult {
  const { train, foldOf } = split;
  const started = performance.now();
  const blend = fitBlend(labelsOf(table, train), foldOf, members, definition.selection, definition.offer);
  return { kind: 'blend', blend, seconds: (performance.now() - started) / 1000 };
}
