import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { after, type Context } from 'mocha';
import { encodeTable } from '../../ml/dataset/tableCodec.ts';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { telcoCsv } from '../../ml/simulation/telcoCsv.ts';
import { requirePeer } from '../peers/requirePeer.ts';
import { readTelco } from './telcoTable.ts';

// Model files as scikit-learn, LightGBM, XGBoost and PyTorch's exporter make them, with what those libraries themselves answer;
// made once a process by test/peers/make_foreign_models.py.

export interface ForeignModels {
  readonly folder: string;
  /** Simulated customers: as CSV, and as the validated table's artifact. */
  readonly csv: string;
  readonly table: string;
  /** What was scored; null is a missing value. */
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
  /** Model → the positive outcome's probability a row. */
  readonly predictions: Readonly<Record<string, readonly number[]>>;
  readonly path: (name: string) => string;
}

let made: Promise<ForeignModels> | undefined;

export function foreignModels(test: Context): Promise<ForeignModels> {
  const python = requirePeer(test, 'python');
  made ??= make(python);
  return made;
}

async function make(python: string): Promise<ForeignModels> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-foreign-models-'));
  after(() => rm(folder, { recursive: true, force: true }));
  const csv = join(folder, 'telco.csv');
  await writeFile(csv, [...telcoCsv(simulateTelco({ rows: 1200, seed: 5 }))].join(''));
  const table = join(folder, 'table');
  await writeFile(table, encodeTable(readTelco(csv)));
  const script = resolve('test/peers/make_foreign_models.py');
  await promisify(execFile)(python, ['-W', 'ignore', script, csv, folder]);
  const { rows, predictions } = JSON.parse(await readFile(join(folder, 'predictions.json'), 'utf8'));
  return { folder, csv, table, rows, predictions, path: name => join(folder, `${name}.onnx`) };
}
