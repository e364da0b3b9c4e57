import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { TEST_KEY } from './testAccess.ts';

export interface HoldfastOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HoldfastOptions {
  readonly control?: string;
  readonly inference?: string;
  readonly directory?: string;
  readonly stdin?: string | Buffer;
  readonly environment?: NodeJS.ProcessEnv;
  /** Told once something came on stderr: for a test that interrupts. */
  readonly onStderr?: (chunk: string, interrupt: () => void) => void;
}

/** Runs the real command in a process of its own, without a terminal. Servers it is not told of are not there. */
export const runHoldfast = (
  args: readonly string[],
  options: HoldfastOptions = {},
): Promise<HoldfastOutcome> => runProgram(resolve('bin/holdfast.ts'), args, options);

/** Runs commands that wait for nobody, one after the other, in one process: half a second less for each. */
export async function runHoldfastInTurn(
  commands: readonly (readonly string[])[],
): Promise<HoldfastOutcome[]> {
  const { stdout, stderr } = await runProgram(
    resolve('test/support/runCommands.ts'),
    [JSON.stringify(commands)],
    {},
  );
  const printed = stdout.split('\0');
  const told = stderr.split('\0');
  return commands.map((_, index) => ({
    code: Number(printed[2 * index + 1]),
    stdout: printed[2 * index],
    stderr: told[index],
  }));
}

async function runProgram(
  program: string,
  args: readonly string[],
  options: HoldfastOptions,
): Promise<HoldfastOutcome> {
  const { control = '127.0.0.1:1', inference = '127.0.0.1:1', stdin = '' } = options;
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.directory,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      HOLDFAST_API_KEY: TEST_KEY,
      HOLDFAST_CONTROL_PORT: control.split(':')[1],
      HOLDFAST_INFERENCE_PORT: inference.split(':')[1],
      ...options.environment,
    },
  });
  child.stdin.on('error', () => undefined).end(stdin);
  if (options.onStderr !== undefined)
    child.stderr.on('data', (chunk: Buffer) =>
      options.onStderr?.(chunk.toString(), () => void child.kill('SIGINT')),
    );
  const exited = new Promise<number | null>((done, fail) => child.once('exit', done).once('error', fail));
  const [code, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
