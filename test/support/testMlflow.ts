import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, type Context } from 'mocha';
import { z } from 'zod';
import { requirePeer } from '../peers/requirePeer.ts';
import { freePorts } from './freePorts.ts';
import { waitUntil } from './waitUntil.ts';

// One real MLflow server for a whole run of tests, with its state in a folder of its own; and its Python client, which reads
// back what is there.

let server: Promise<string> | undefined;
let child: ChildProcess | undefined;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-mlflow-'));

/** @returns its address */
export function testMlflow(test: Context): Promise<string> {
  server ??= start(requirePeer(test, 'mlflow'));
  return server;
}

async function start(program: string): Promise<string> {
  const [port] = await freePorts(1);
  const options = {
    'backend-store-uri': `sqlite:///${join(folder, 'mlflow.db')}`,
    'artifacts-destination': join(folder, 'artifacts'),
    host: '127.0.0.1',
    port,
    workers: 1,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  child = spawn(program, ['server', ...args], {
    cwd: folder,
    env: {
      ...process.env,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: 'true',
      // Jobs score prompts and the like, in processes of their own that take longer to start than the server.
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
    },
    stdio: 'ignore',
    detached: true,
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitUntil('MLflow answers', answers, 180_000);
  return url;
}

const texts = z.record(z.string(), z.string());
const readRun = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  start: z.number(),
  end: z.number().nullable(),
  tags: texts,
  params: texts,
  metrics: z.record(z.string(), z.array(z.number())),
  datasets: z.array(
    z.object({
      digest: z.string(),
      source: z.object({ uri: z.string() }),
      columns: z.array(z.string()),
      context: z.string(),
    }),
  ),
  artifacts: texts,
});
export type ReadRun = z.output<typeof readRun>;

/** What MLflow's own Python client finds in the experiment, oldest first. */
export async function readMlflow(test: Context, url: string, experiment: string): Promise<ReadRun[]> {
  const program = requirePeer(test, 'python');
  const script = join(import.meta.dirname, '../peers/read_mlflow.py');
  const { stdout } = await promisify(execFile)(program, [script, url, experiment], {
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false' },
  });
  return z.array(readRun).parse(JSON.parse(stdout));
}

after(() => {
  if (child?.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
