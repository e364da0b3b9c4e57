import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from './freePort.ts';
import { startTriton } from './triton/startTriton.ts';

export type Server = 'echo' | 'onnx' | 'holdfast' | 'triton';

export interface StartedSide {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export interface SideOptions {
  readonly processes: number;
  /** Holds `model.onnx`, and what Holdfast serves from. */
  readonly home: string;
  /** Default: nobody listens there, and the server starts from its local copy, as it does while PostgreSQL is away. */
  readonly databaseUrl?: string;
}

const root = join(import.meta.dirname, '../..');

/**
 * Starts a server with its processes and waits until they serve.
 * @param report told what is being installed
 */
export const startSide = (
  side: Server,
  options: SideOptions,
  report: (line: string) => void,
): Promise<StartedSide> => (side === 'triton' ? startTriton(options, report) : startNode(side, options));

async function startNode(
  side: Exclude<Server, 'triton'>,
  { processes, home, databaseUrl = 'postgres://nobody@127.0.0.1:1/none' }: SideOptions,
): Promise<StartedSide> {
  const port = await freePort();
  const args =
    side === 'holdfast'
      ? ['bin/inference.ts']
      : ['bench/serving/bareServer.ts', side, String(port), String(processes), join(home, 'model.onnx')];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      HOLDFAST_HOME: home,
      HOLDFAST_INFERENCE_PORT: String(port),
      HOLDFAST_METRICS_PORT: String(await freePort()),
      HOLDFAST_LOG_LEVEL: 'error',
      INFERENCE_PROCESSES: String(processes),
      DATABASE_URL: databaseUrl,
    },
  });
  await serving(child, side);
  return {
    pid: child.pid ?? 0,
    port,
    stop: stopping(child),
  };
}

export const stopping = (child: ChildProcess) => (): Promise<void> =>
  new Promise(resolve => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });

export const serving = (child: ChildProcess, side: string): Promise<void> =>
  new Promise((resolve, reject) => {
    child.on('message', message => {
      if (typeof message === 'object' && message !== null && 'ready' in message) resolve();
    });
    child.once('exit', code => reject(new Error(`the server ${side} ended with ${code} before it served`)));
  });
