import { readFileSync } from 'node:fs';
import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import { exportPipeline } from '../../ml/onnx/exportPipeline.ts';
import { signatureInputs } from '../../ml/onnx/signatureInputs.ts';
import { deriveSeed } from '../../ml/random/deriveSeed.ts';
import { fitBlend } from '../../ml/trainers/blend/fitBlend.ts';
import { predict } from '../../ml/trainers/predict.ts';
import { trainFinal } from '../../ml/trainers/trainFinal.ts';
import { trainFold } from '../../ml/trainers/trainFold.ts';
import type {
  BlendResult,
  BlendTask,
  FinalResult,
  FinalTask,
  FoldResult,
  FoldTask,
  TrainingResult,
  TrainingTask,
} from './TrainingTask.ts';

// What a training thread runs. It reads the table once and keeps it, since the tasks of a run all use the same; it writes
// nothing and decides nothing, so that terminating it in the middle loses one fold and no more.

let cached: { path: string; table: Table } | null = null;

function readTable(path: string): Table {
  if (cached?.path !== path) cached = { path, table: decodeTable(new Uint8Array(readFileSync(path))) };
  return cached.table;
}

export default function run(task: TrainingTask): TrainingResult {
  const table = readTable(task.tablePath);
  if (task.kind === 'blend') return runBlend(task, table);
  return task.kind === 'fold' ? runFold(task, table) : runFinal(task, table);
}

function runFold({ definition, split, recipe, fold }: FoldTask, table: Table): FoldResult {
  const { train, foldOf } = split;
  const started = performance.now();
  const probabilities = trainFold({
    table,
    trainRows: train.filter((_row, place) => foldOf[place] !== fold),
    evaluateRows: train.filter((_row, place) => foldOf[place] === fold),
    recipe,
    seed: deriveSeed(definition.seed, recipe.trainer, 'fold', fold),
  });
  return { kind: 'fold', probabilities, seconds: (performance.now() - started) / 1000 };
}

function runFinal({ definition, split, recipe, outOfFold, metadata }: FinalTask, table: Table): FinalResult {
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
