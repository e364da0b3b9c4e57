import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type SideResult, sideResultSchema } from './SideResult.ts';

const run = promisify(execFile);

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(name, () => stop.abort(new Error(`the bench was ended by ${name}`)));

/**
 * Runs one measured process to its end.
 * @throws Error with what it wrote on stderr where it fails; where the bench is told to end, the process ends first
 */
export async function measureSide(command: string, args: readonly string[]): Promise<SideResult> {
  const { stdout } = await run(command, args, {
    maxBuffer: 1 << 26,
    env: environment(),
    signal: stop.signal,
  });
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  return sideResultSchema.parse(JSON.parse(last));
}

/**
 * Both sides get two threads. OpenMP's threads wait for one another asleep: spinning, its default, makes scikit-learn many
 * times slower as soon as anything else runs on the machine, and gains it little where nothing does.
 */
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  OMP_NUM_THREADS: '2',
  OPENBLAS_NUM_THREADS: '2',
  OMP_WAIT_POLICY: process.env.OMP_WAIT_POLICY ?? 'passive',
});
