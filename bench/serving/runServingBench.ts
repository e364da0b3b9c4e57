import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { optionsOrNull } from '../optionsOrNull.ts';
import { apiKey, keepModel } from './keepModel.ts';
import { type Measured, measureLoad } from './measureLoad.ts';
import { measureRuntime } from './measureRuntime.ts';
import { printServing } from './printServing.ts';
import { requestBodies } from './requestBodies.ts';
import { servedModel, servedTrainers } from './servedModel.ts';
import { type Measurable, type ServingCase, servingCases } from './ServingCase.ts';
import type { ServingLine } from './ServingLine.ts';
import { startSide } from './startSide.ts';

// `npm run bench -- serving`: Predict under load, beside grpc-js alone (echo) and grpc-js with the generated decoder and ONNX
// Runtime (onnx), one after the other in each case; one-row calls beside a bulk load; ModelInfer beside ONNX Runtime without any
// server (runtime). Servers and load share the machine. Rates are therefore to be read against those of the same case; CPU time a
// call is the server's own.

const usage = `npm run bench -- serving [--json] [--quick] [--seconds S] [--processes N] [--trainer NAME] [--only TEXT]
  --quick      one second each, four cases: that everything works, not how fast
  --seconds    how long each server is loaded in each case (4)
  --processes  of each server (2)
  --trainer    whose model is served: ${servedTrainers.join(', ')} (gradientBoosting)
  --only       cases whose name contains TEXT
`;

const report = (line: string): void => void process.stderr.write(`${line}\n`);
const PREDICT = '/holdfast.v1.PredictionService/Predict';
const INFER = '/inference.GRPCInferenceService/ModelInfer';
const DIFFERENT_BODIES = 400;
/** A connection is answered by one process: as many as it takes for each process to get its share. */
const MOST_CONNECTIONS = 8;

export async function runServingBench(args: readonly string[]): Promise<void> {
  const options = optionsOrNull(() => readOptions(args), usage);
  if (options === null) return;
  const { json, quick, seconds, processes, trainer, only } = options;
  const cases = servingCases.filter(({ name, inFlight, form, rows }) =>
    quick ? inFlight === 16 || (rows > 1 && form !== 'instances') : name.includes(only),
  );
  if (cases.length === 0) throw new Error(`no case's name contains ${JSON.stringify(only)}`);
  const home = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    report(`training ${trainer} on simulated customers …`);
    await keepModel(home, servedModel(trainer));
    const lines: ServingLine[] = [];
    for (const each of cases) lines.push(...(await runCase(each, { seconds, processes, home })));
    const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() };
    const [load] = loadavg();
    process.stdout.write(
      json
        ? `${JSON.stringify({ machine, trainer, processes, lines }, null, 1)}\n`
        : `${printServing(lines)}\n${trainer}, ${processes} processes a server, ${seconds} s each; ${machine.cores} cores of ${machine.processor}, load average ${load.toFixed(1)}.\n`,
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

interface RunOptions {
  readonly seconds: number;
  readonly processes: number;
  readonly home: string;
}

async function runCase(each: ServingCase, options: RunOptions): Promise<ServingLine[]> {
  const { name, rows, inFlight } = each;
  const lines: ServingLine[] = [];
  for (const side of each.sides) {
    const measured = await measureSide(side, each, options);
    if (measured.failed > 0) report(`  ${measured.failed} calls failed: ${measured.firstFailure}`);
    const first = lines[0]?.measured;
    report(
      `${name}, ${side}: ${measured.callsPerSecond.toFixed(0)}/s, ${measured.serverMicroseconds.toFixed(0)} µs`,
    );
    lines.push({
      name,
      rows,
      inFlight,
      side,
      ratio: first === undefined ? null : ratioOf(measured, first),
      measured,
    });
  }
  return lines;
}

async function measureSide(
  side: Measurable,
  each: ServingCase,
  { seconds, home, ...options }: RunOptions,
): Promise<Measured> {
  if (side === 'runtime') return measureRuntime(home, await bodiesOf(each, home), seconds);
  const server = await startSide(side, { processes: each.processes ?? options.processes, home });
  const load = async (part: Pick<ServingCase, 'form' | 'rows' | 'inFlight'>): Promise<Measured> =>
    measureLoad([server], {
      port: server.port,
      path: part.form === 'tensors' ? INFER : PREDICT,
      apiKey,
      bodiesFile: await bodiesOf(part, home),
      inFlight: part.inFlight,
      connections: Math.min(part.inFlight, MOST_CONNECTIONS),
      warmUpSeconds: Math.min(2, seconds / 2),
      seconds,
    });
  try {
    const [measured, beside] = await Promise.all([load(each), each.beside && load(each.beside)]);
    if (beside !== undefined) {
      const bulk = each.beside?.rows ?? 0;
      report(
        `  beside it ${(beside.callsPerSecond * bulk).toFixed(0)} rows/s, ${beside.failed} calls failed`,
      );
    }
    return measured;
  } finally {
    await server.stop();
  }
}

/** The file of a form's requests, made once. */
async function bodiesOf({ form, rows }: Pick<ServingCase, 'form' | 'rows'>, home: string): Promise<string> {
  const file = join(home, `bodies-${form}-${rows}`);
  await writeFile(file, requestBodies(form, rows, rows === 1 ? DIFFERENT_BODIES : 8));
  return file;
}

const ratioOf = (measured: Measured, first: Measured) => ({
  rate: measured.callsPerSecond / first.callsPerSecond,
  cpu: measured.serverMicroseconds / first.serverMicroseconds,
});

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      processes: { type: 'string', default: '2' },
      trainer: { type: 'string', default: 'gradientBoosting' },
      only: { type: 'string', default: '' },
    },
  });
  const { json, quick, only } = values;
  const seconds = Number(values.seconds ?? (quick ? 1 : 4));
  const processes = Number(values.processes);
  const trainer = servedTrainers.find(each => each === values.trainer);
  if (!(seconds > 0)) throw new TypeError(`--seconds is ${values.seconds}; expected a number above 0`);
  if (!Number.isInteger(processes) || processes < 1)
    throw new TypeError(`--processes is ${values.processes}; expected 1 or more`);
  if (trainer === undefined)
    throw new TypeError(`--trainer is ${values.trainer}; expected one of ${servedTrainers.join(', ')}`);
  return { json, quick, only, seconds, processes, trainer };
}
