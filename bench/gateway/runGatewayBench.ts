import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PredictRequest } from '../../proto/gen/holdfast/v1/prediction.ts';
import { optionsOrNull } from '../optionsOrNull.ts';
import { measureInRounds, type SideOfRounds } from '../measureInRounds.ts';
import { readRounds, type RoundsOptions, sliceOf } from '../readRounds.ts';
import { apiKey, keepModel } from '../serving/keepModel.ts';
import { readBodies } from '../serving/readBodies.ts';
import { requestBodies } from '../serving/requestBodies.ts';
import { servedModel } from '../serving/servedModel.ts';
import type { LoadJob } from '../serving/ServingJob.ts';
import { type Load, startLoad } from '../serving/startLoad.ts';
import { type StartedSide, startSide } from '../serving/startSide.ts';
import { printGateway } from './printGateway.ts';
import { startFastApi } from './startFastApi.ts';
import { startGateway } from './startGateway.ts';

// `npm run bench -- gateway`: a one-row predict by REST, by gRPC at the very inference server that is behind the gateway, and by
// FastAPI with pandas and scikit-learn, in turn, round after round. Servers and load share the machine.

const usage = `npm run bench -- gateway [--json] [--quick] [--rounds N] [--seconds S]
  --quick    two rounds of a quarter second, one case: that everything works, not how fast
  --rounds   how often the sides of a case are loaded in turn (5)
  --seconds  how long each is loaded at a time (2)
`;

type SideName = 'gRPC' | 'REST' | 'FastAPI';

export interface GatewayLine extends SideOfRounds<SideName> {
  readonly inFlight: number;
}

const report = (line: string): void => void process.stderr.write(`${line}\n`);
const CUSTOMERS = 400;

export async function runGatewayBench(args: readonly string[]): Promise<void> {
  const options = optionsOrNull(() => readOptions(args), usage);
  if (options === null) return;
  const { json, quick, inTurn } = options;
  const { rounds, seconds } = inTurn;
  const home = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    report('training gradientBoosting on simulated customers …');
    await keepModel(home, servedModel('gradientBoosting'));
    const bodies = await writeBodies(home);
    const lines: GatewayLine[] = [];
    const inference = await startSide('holdfast', { processes: 1, home }, report);
    const gateway = await startGateway(inference.port, home);
    const fastApi = await startFastApi(home, report);
    try {
      for (const inFlight of quick ? [16] : [1, 16, 64]) {
        report(`1 row, ${inFlight} in flight`);
        lines.push(...(await runCase({ inference, gateway, fastApi, bodies, inFlight }, inTurn)));
      }
    } finally {
      await Promise.all([inference.stop(), gateway.stop(), fastApi.stop()]);
    }
    const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() };
    const [load] = loadavg();
    process.stdout.write(
      json
        ? `${JSON.stringify({ machine, rounds, seconds, lines }, null, 1)}\n`
        : `${printGateway(lines)}\ngradientBoosting, one process each; medians of ${rounds} rounds of ${seconds} s a side, of ratios with their middle half; ${machine.cores} cores of ${machine.processor}, load average ${load.toFixed(1)}.\n`,
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

interface Started {
  readonly inference: StartedSide;
  readonly gateway: StartedSide;
  readonly fastApi: StartedSide;
  readonly bodies: { readonly wire: string; readonly json: string };
  readonly inFlight: number;
}

async function runCase(
  { inference, gateway, fastApi, bodies, inFlight }: Started,
  inTurn: RoundsOptions,
): Promise<GatewayLine[]> {
  const loads: Load[] = [];
  const side = (
    name: SideName,
    program: string,
    servers: readonly [StartedSide, ...StartedSide[]],
    { path, bodiesFile }: Pick<LoadJob, 'path' | 'bodiesFile'>,
  ) => {
    const [{ port }] = servers;
    const connections = Math.min(inFlight, 8);
    const load = startLoad(program, { port, path, apiKey, bodiesFile, inFlight, connections });
    loads.push(load);
    return { side: name, measure: (round: number) => load.measure(servers, sliceOf(round, inTurn)) };
  };
  try {
    const sides = [
      side('gRPC', GRPC, [inference], {
        path: '/holdfast.v1.PredictionService/Predict',
        bodiesFile: bodies.wire,
      }),
      side('REST', HTTP, [gateway, inference], {
        path: '/v1/models/churn:predict',
        bodiesFile: bodies.json,
      }),
      side('FastAPI', HTTP, [fastApi], { path: '/predict', bodiesFile: bodies.json }),
    ];
    const lines = await measureInRounds(sides, inTurn.rounds, report);
    return lines.map(line => ({ inFlight, ...line }));
  } finally {
    for (const load of loads) await load.stop();
  }
}

const GRPC = join(import.meta.dirname, '../serving/generateLoad.ts');
const HTTP = join(import.meta.dirname, 'generateHttpLoad.ts');

/** The same customers as messages and as JSON. */
async function writeBodies(home: string): Promise<{ wire: string; json: string }> {
  const files = { wire: join(home, 'bodies'), json: join(home, 'bodies.json') };
  await writeFile(files.wire, requestBodies('instances', 1, CUSTOMERS));
  const json = readBodies(files.wire).map(bytes => {
    const { instances } = PredictRequest.decode(bytes);
    const text = Buffer.from(JSON.stringify({ instances }));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, text]);
  });
  await writeFile(files.json, Buffer.concat(json));
  return files;
}

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
    },
  });
  const { json, quick } = values;
  const inTurn = readRounds(values, quick);
  return { json, quick, inTurn };
}
