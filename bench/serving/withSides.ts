import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Measured } from '../Measured.ts';
import type { Side } from '../measureInRounds.ts';
import { type RoundsOptions, sliceOf } from '../readRounds.ts';
import { apiKey } from './keepModel.ts';
import { requestBodies, type RequestForm } from './requestBodies.ts';
import type { LoadJob, RawJob } from './ServingJob.ts';
import type { CaseLoad, CaseSide, ServingCase } from './ServingCase.ts';
import { type Load, startLoad } from './startLoad.ts';
import { type Server, type StartedSide, startSide } from './startSide.ts';

// The sides of a case, all started before the first round: a server that nobody calls costs the others nothing.

export interface CaseOptions extends RoundsOptions {
  readonly processes: number;
  /** Holds the model, and takes the files of bodies. */
  readonly home: string;
}

const SERVICE = '/holdfast.v1.PredictionService';
const paths: Readonly<Record<RequestForm, string>> = {
  instances: `${SERVICE}/Predict`,
  columns: `${SERVICE}/Predict`,
  stream: `${SERVICE}/PredictStream`,
  tensors: '/inference.GRPCInferenceService/ModelInfer',
};
const program = (name: string): string => join(import.meta.dirname, `${name}.ts`);
const DIFFERENT_BODIES = 400;
/** A connection is answered by one process: as many as it takes for each process to get its share. */
const MOST_CONNECTIONS = 8;

/** Starts what the case needs, and stops it when the work ended. */
export async function withSides<T>(
  each: ServingCase,
  options: CaseOptions,
  work: (sides: Side<string>[]) => Promise<T>,
): Promise<T> {
  const processes = each.processes ?? options.processes;
  const servers = new Map<Server, StartedSide>();
  const loads: Load[] = [];
  const load = async (part: CaseLoad, port: number): Promise<Load> => {
    const { inFlight } = part;
    const job: LoadJob = {
      port,
      path: paths[part.form],
      apiKey,
      bodiesFile: await bodiesOf(part, options.home),
      inFlight,
      connections: Math.min(inFlight, MOST_CONNECTIONS),
    };
    const started = startLoad(program(part.form === 'stream' ? 'generateStreams' : 'generateLoad'), job);
    loads.push(started);
    return started;
  };
  const runtime = async (): Promise<Load> => {
    const bodiesFile = await bodiesOf(each.load, options.home);
    const job: RawJob = { model: join(options.home, 'model.onnx'), bodiesFile };
    const started = startLoad(program('rawRuntime'), job);
    loads.push(started);
    return started;
  };
  const sideOf = async ({ side, server: kind, beside }: CaseSide): Promise<Side<string>> => {
    if (kind === null) {
      const alone = await runtime();
      return { side, measure: round => alone.measure([alone], sliceOf(round, options)) };
    }
    const server = servers.get(kind) ?? (await startSide(kind, { processes, home: options.home }));
    servers.set(kind, server);
    const own = await load(each.load, server.port);
    const other = beside === undefined ? null : await load(beside, server.port);
    return {
      side,
      measure: async round => {
        const slice = sliceOf(round, options);
        const [measured, meanwhile] = await Promise.all([
          own.measure([server], slice),
          other?.measure([server], slice),
        ]);
        return meanwhile === undefined ? measured : withBeside(measured, meanwhile, beside?.rows ?? 0);
      },
    };
  };
  try {
    const sides: Side<string>[] = [];
    for (const side of each.sides) sides.push(await sideOf(side));
    return await work(sides);
  } finally {
    for (const started of loads) await started.stop();
    for (const started of servers.values()) await started.stop();
  }
}

const withBeside = (measured: Measured, meanwhile: Measured, rows: number): Measured => ({
  ...measured,
  failed: measured.failed + meanwhile.failed,
  firstFailure: measured.firstFailure || meanwhile.firstFailure,
  besideRowsPerSecond: meanwhile.callsPerSecond * rows,
});

/** The file of a form's requests. */
async function bodiesOf({ form, rows }: CaseLoad, home: string): Promise<string> {
  const file = join(home, `bodies-${form}-${rows}`);
  await writeFile(file, requestBodies(form, rows, rows === 1 ? DIFFERENT_BODIES : 8));
  return file;
}
