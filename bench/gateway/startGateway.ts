import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../serving/freePort.ts';
import { type StartedSide, serving, stopping } from '../serving/startSide.ts';

const root = join(import.meta.dirname, '../..');

/** The gateway as `npm start` has it, before the given inference server. */
export async function startGateway(inferencePort: number, home: string): Promise<StartedSide> {
  const port = await freePort();
  const child = spawn(process.execPath, ['bin/gateway.ts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      HOLDFAST_HOME: home,
      HOLDFAST_HTTP_PORT: String(port),
      HOLDFAST_INFERENCE_PORT: String(inferencePort),
      HOLDFAST_METRICS_PORT: String(await freePort()),
      HOLDFAST_LOG_LEVEL: 'error',
    },
  });
  await serving(child, 'gateway');
  return { pid: child.pid ?? 0, port, stop: stopping(child) };
}
