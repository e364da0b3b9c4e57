import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measured } from '../Measured.ts';
import type { Side } from '../measureInRounds.ts';
import { type RoundsOptions, sliceOf } from '../readRounds.ts';
import { summarise } from '../summarise.ts';
import type { BenchServers, WantedServer } from './createServers.ts';
import type { Swapper } from './createSwapper.ts';
import { apiKey } from './keepModel.ts';
import { requestBodies, type RequestForm } from './requestBodies.ts';
import type { ServedTrainer } from './servedModel.ts';
import type { LoadJob, LoadSlice, RawJob } from './ServingJob.ts';
import type { CaseLoad, CaseSide, ServingCase } from './ServingCase.ts';
import { type Load, startLoad } from './startLoad.ts';
import type { StartedSide } from './startSide.ts';

// The sides of a case, all started before the first round.

export interface CaseOptions extends RoundsOptions {
  readonly processes: number;
  readonly trainer: ServedTrainer;
  /** How many promotions are made under load. */
  readonly swaps: number;
  readonly servers: BenchServers;
  readonly report: (line: string) => void;
}

const SERVICE = '/holdfast.v1.PredictionService';
const paths: Readonly<Record<RequestForm, string>> = {
  instances: `${SERVICE}/Predict`,
  columns: `${SERVICE}/Predict`,
  explain: `${SERVICE}/Explain`,
  stream: `${SERVICE}/PredictStream`,
  tensors: '/inference.GRPCInferenceService/ModelInfer',
};
const program = (name: string): string => join(import.meta.dirname, `${name}.ts`);
const DIFFERENT_BODIES = 400;
/** A connection is answered by one process: as many as it takes for each process to get its share. */
const MOST_CONNECTIONS = 8;
/** The old version's calls end, and some come that only the new one answers. */
const BETWEEN_SWAPS_MS = 100;

/** Starts what the case needs, and ends its loads when the work ended. */
export async function withSides<T>(
  each: ServingCase,
  options: CaseOptions,
  work: (sides: Side<string>[]) => Promise<T>,
): Promise<T> {
  const loads: Load[] = [];
  try {
    const sides: Side<string>[] = [];
    for (const one of each.sides) {
      const side = await sideOf(one, each, options, loads).catch((error: unknown) => {
        if (one.optional !== true || !(error instanceof Error)) throw error;
        options.report(`  ${one.side} is left out: ${error.message}`);
        return null;
      });
      if (side !== null) sides.push(side);
    }
    return await work(sides);
  } finally {
    for (const load of loads) await load.stop();
  }
}

/** @param loads take what was started */
async function sideOf(
  one: CaseSide,
  each: ServingCase,
  options: CaseOptions,
  loads: Load[],
): Promise<Side<string>> {
  const { servers } = options;
  const { side, server: kind, load = each.load, beside, trainer = options.trainer, swapped = false } = one;
  const home = await servers.homeOf(trainer);
  const started = (name: string, job: LoadJob | RawJob): Load => {
    const next = startLoad(program(name), job);
    loads.push(next);
    return next;
  };
  if (kind === null) {
    const job = { model: join(home, 'model.onnx'), bodiesFile: await bodiesOf(load, home) };
    const alone = started('rawRuntime', job);
    return { side, measure: round => alone.measure([alone], sliceOf(round, options)) };
  }
  const wanted: WantedServer = {
    kind,
    processes: each.processes ?? options.processes,
    trainer,
    swapped: each.sides.some(other => other.swapped),
  };
  const server = await servers.get(wanted);
  const loadOf = async (part: CaseLoad): Promise<Load> =>
    started(part.form === 'stream' ? 'generateStreams' : 'generateLoad', await jobOf(part, server, home));
  const own = await loadOf(load);
  const other = beside === undefined ? null : await loadOf(beside);
  const measure = async (slice: LoadSlice): Promise<Measured> => {
    const [measured, meanwhile] = await Promise.all([
      own.measure([server], slice),
      other?.measure([server], slice),
    ]);
    return meanwhile === undefined ? measured : withBeside(measured, meanwhile, beside?.rows ?? 0);
  };
  if (!swapped) return { side, measure: round => measure(sliceOf(round, options)) };
  const swapper = await servers.swapperOf(wanted);
  const swaps = Math.ceil(options.swaps / options.rounds);
  return { side, measure: round => measureSwaps(swapper, swaps, () => measure(sliceOf(round, options))) };
}

const jobOf = async (part: CaseLoad, { port }: StartedSide, home: string): Promise<LoadJob> => ({
  port,
  path: paths[part.form],
  apiKey,
  bodiesFile: await bodiesOf(part, home),
  inFlight: part.inFlight,
  connections: Math.min(part.inFlight, MOST_CONNECTIONS),
});

/** Slice after slice until so many promotions were made. */
async function measureSwaps(
  swapper: Swapper,
  swaps: number,
  measure: () => Promise<Measured>,
): Promise<Measured> {
  const swapsMs: number[] = [];
  const done = new AbortController();
  const swapAll = async (): Promise<void> => {
    while (swapsMs.length < swaps) {
      swapsMs.push(await swapper.swap());
      await sleep(BETWEEN_SWAPS_MS);
    }
  };
  const swapping = swapAll().finally(() => done.abort());
  const slices: Measured[] = [];
  const measuring = (async () => {
    do slices.push(await measure());
    while (!done.signal.aborted);
  })();
  await Promise.all([swapping, measuring]);
  return { ...summarise(slices), swapsMs };
}

const withBeside = (measured: Measured, meanwhile: Measured, rows: number): Measured => ({
  ...measured,
  failed: measured.failed + meanwhile.failed,
  firstFailure: measured.firstFailure || meanwhile.firstFailure,
  besideRowsPerSecond: meanwhile.callsPerSecond * rows,
});

const bodiesFiles = new Map<string, Promise<unknown>>();

/** The file of a form's requests; written once, for a load may be reading it when another is about to start. */
async function bodiesOf({ form, rows }: CaseLoad, home: string): Promise<string> {
  const file = join(home, `bodies-${form}-${rows}`);
  const written =
    bodiesFiles.get(file) ?? writeFile(file, requestBodies(form, rows, rows === 1 ? DIFFERENT_BODIES : 8));
  bodiesFiles.set(file, written);
  await written;
  return file;
}
