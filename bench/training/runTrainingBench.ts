import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findPython } from '../findPython.ts';
import { optionsOrNull } from '../optionsOrNull.ts';
import type { BenchCase } from './BenchCase.ts';
import type { BenchLine } from './BenchLine.ts';
import { printLines } from './printLines.ts';
import { readTelcoTable, simulatedTelcoTable } from './readTelcoTable.ts';
import { runCase } from './runCase.ts';
import { syntheticCase } from './syntheticCase.ts';
import { telcoCase } from './telcoCase.ts';

// `npm run bench -- training`: our kernels and scikit-learn in turn, on the same numbers, the same recipe and two cores. On
// Telco ours reads the table, prepares, resamples, fits, calibrates and exports; scikit-learn is handed prepared matrices
// and resamples, fits and predicts. On the synthetic tables both read the same file, fit once and score.

const usage = `npm run bench -- training [--json] [--quick] [--runs N] [--only TEXT] [--data TELCO.csv]
  --quick   small tables and one run: that everything works, not how fast
  --runs    runs of each side, in turn (3)
  --only    lines whose name contains TEXT
  --data    IBM's Telco table (default: ../shared/data/telco-customer-churn.csv, else as many simulated customers)
`;

export async function runTrainingBench(args: readonly string[]): Promise<void> {
  const options = optionsOrNull(() => readOptions(args), usage);
  if (options === null) return;
  const python = await findPython(report, {
    folder: 'venv',
    requirements: join(import.meta.dirname, 'requirements.txt'),
    modules: ['sklearn'],
  });
  const cases = (await casesOf(options)).filter(({ name }) => name.includes(options.only));
  if (cases.length === 0) throw new Error(`no line's name contains ${JSON.stringify(options.only)}`);
  const lines: BenchLine[] = [];
  for (const each of cases) {
    report(`${each.name}, ${each.rows} rows …`);
    const line = await runCase(each, options.runs, python);
    const { holdfast, scikitLearn } = line;
    // A long bench that is cut short has then told what it knows.
    report(
      `  ${holdfast.seconds.toFixed(2)} s (${holdfast.cpuSeconds.toFixed(2)} CPU), scikit-learn ` +
        `${scikitLearn.seconds.toFixed(2)} s (${scikitLearn.cpuSeconds.toFixed(2)} CPU)`,
    );
    lines.push(line);
  }
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() };
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ machine, lines }, null, 1)}\n`
      : `${printLines(lines)}\n${machine.cores} cores of ${machine.processor}; medians of ${options.runs}; ` +
          `load average before each line ${lines.map(line => line.loadAverage.toFixed(1)).join(', ')}.\n`,
  );
}

const report = (line: string): void => void process.stderr.write(`${line}\n`);

interface Options {
  readonly json: boolean;
  readonly quick: boolean;
  readonly runs: number;
  readonly only: string;
  readonly data: string | undefined;
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      only: { type: 'string', default: '' },
      data: { type: 'string' },
    },
  });
  const { json, quick, only, data } = values;
  const runs = Number(values.runs ?? (quick ? 1 : 3));
  if (!Number.isInteger(runs) || runs < 1)
    throw new TypeError(`--runs is ${values.runs}; expected 1 or more`);
  return { json, quick, runs, only, data };
}

async function casesOf({ quick, data }: Options): Promise<BenchCase[]> {
  if (quick) {
    return [
      telcoCase(simulatedTelcoTable(1500), 'holdfast'),
      syntheticCase('gradientBoosting', 2000),
      syntheticCase('logisticRegression', 5000),
      syntheticCase('randomForest', 2000),
    ];
  }
  const shared = resolve(import.meta.dirname, '../../../shared/data/telco-customer-churn.csv');
  const path = data ?? (existsSync(shared) ? shared : null);
  const telco = path === null ? simulatedTelcoTable(7043) : await readTelcoTable(path);
  return [
    telcoCase(telco, 'original'),
    telcoCase(telco, 'holdfast'),
    ...[100_000, 200_000, 300_000, 1_000_000].map(rows => syntheticCase('gradientBoosting', rows)),
    ...[200_000, 1_000_000].map(rows => syntheticCase('logisticRegression', rows)),
    syntheticCase('randomForest', 200_000),
  ];
}
