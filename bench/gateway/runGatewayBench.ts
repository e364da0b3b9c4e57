import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PredictRequest } from '../../proto/gen/holdfast/v1/prediction.ts';
import { optionsOrNull } from '../optionsOrNull.ts';
import { apiKey, keepModel } from '../serving/keepModel.ts';
import { type Measured, measureLoad } from '../serving/measureLoad.ts';
import { readBodies } from '../serving/readBodies.ts';
import { requestBodies } from '../serving/requestBodies.ts';
import { servedModel } from '../serving/servedModel.ts';
import { startSide } from '../serving/startSide.ts';
import { printGateway } from './printGateway.ts';
import { startFastApi } from './startFastApi.ts';
import { startGateway } from './startGateway.ts';

// `npm run bench -- gateway`: a one-row predict by REST, by gRPC at the very inference server that is behind the gateway, and by
// FastAPI with pandas and scikit-learn, one after the other. Servers and load share the machine.

const usage = `npm run bench -- gateway [--json] [--quick] [--seconds S]
  --quick    one second each, one case: that everything works, not how fast
  --seconds  how long each server is loaded in each case (4)
`;

export interface GatewayLine {
  readonly inFlight: number;
  readonly side: 'gRPC' | 'REST' | 'FastAPI';
  readonly measured: Measured;
}

const report = (line: string): void => void process.stderr.write(`${line}\n`);
const CUSTOMERS = 400;

export async function runGatewayBench(args: readonly string[]): Promise<void> {
  const options = optionsOrNull(() => readOptions(args), usage);
  if (options === null) return;
  const { json, quick, seconds } = options;
  const home = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    report('training gradientBoosting on simulated customers …');
    await keepModel(home, servedModel('gradientBoosting'));
    const bodies = await writeBodies(home);
    const lines: GatewayLine[] = [];
    const inference = await startSide('holdfast', { processes: 1, home });
    const gateway = await startGateway(inference.port, home);
    const fastApi = await startFastApi(home, report);
    try {
      for (const inFlight of quick ? [16] : [1, 16, 64]) {
        const load = (path: string, bodiesFile: string, port: number, connections: number) => ({
          port,
          path,
          apiKey,
          bodiesFile,
          inFlight,
          connections,
          warmUpSeconds: Math.min(2, seconds / 2),
          seconds,
        });
        const connections = Math.min(inFlight, 8);
        const sides = [
          [
            'gRPC',
            await measureLoad(
              [inference],
              load('/holdfast.v1.PredictionService/Predict', bodies.wire, inference.port, connections),
            ),
          ],
          [
            'REST',
            await measureLoad(
              [inference, gateway],
              load('/v1/models/churn:predict', bodies.json, gateway.port, connections),
              HTTP,
            ),
          ],
          [
            'FastAPI',
            await measureLoad([fastApi], load('/predict', bodies.json, fastApi.port, connections), HTTP),
          ],
        ] as const;
        for (const [side, measured] of sides) {
          if (measured.failed > 0) report(`  ${measured.failed} calls failed: ${measured.firstFailure}`);
          report(
            `${inFlight} in flight, ${side}: ${measured.callsPerSecond.toFixed(0)}/s, ${measured.serverMicroseconds.toFixed(0)} µs`,
          );
          lines.push({ inFlight, side, measured });
        }
      }
    } finally {
      await Promise.all([inference.stop(), gateway.stop(), fastApi.stop()]);
    }
    const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() };
    const [load] = loadavg();
    process.stdout.write(
      json
        ? `${JSON.stringify({ machine, lines }, null, 1)}\n`
        : `${printGateway(lines)}\ngradientBoosting, one process each, ${seconds} s each; ${machine.cores} cores of ${machine.processor}, load average ${load.toFixed(1)}.\n`,
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

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
      seconds: { type: 'string' },
    },
  });
  const seconds = Number(values.seconds ?? (values.quick ? 1 : 4));
  if (!(seconds > 0)) throw new TypeError(`--seconds is ${values.seconds}; expected a number above 0`);
  return { json: values.json, quick: values.quick, seconds };
}
