import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type SideResult, sideResultSchema } from './SideResult.ts';

const run = promisify(execFile);

/**
 * Runs one measured process to its end.
 * @throws Error with what it wrote on stderr where it fails
 */
export async function measureSide(command: string, args: readonly string[]): Promise<SideResult> {
  const { stdout } = await run(command, args, { maxBuffer: 1 << 26, env: environment() });
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
