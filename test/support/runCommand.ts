import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

// A program of the checkout, run by runTests.ts: with our Node and our packages' commands first on its path, and ended with us.

const root = resolve(import.meta.dirname, '../..');
const path = [join(root, 'node_modules/node/bin'), join(root, 'node_modules/.bin'), process.env.PATH].join(
  delimiter,
);

export interface CommandOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** On our terminal, or kept to be shown when it has ended. */
  readonly stdio?: 'inherit' | 'pipe';
  /** Kills it. */
  readonly signal?: AbortSignal;
}

/** Runs a program in the checkout. @returns its exit code, and what it printed where that was kept */
export function runCommand(
  command: string,
  args: readonly string[],
  { environment = {}, stdio = 'pipe', signal }: CommandOptions = {},
): Promise<{ code: number; output: string }> {
  let interrupted = false;
  let output = '';
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...environment, PATH: path },
      stdio: ['inherit', stdio, stdio],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const kill = (): void => void child.kill('SIGKILL');
    signal?.addEventListener('abort', kill);
    const pass = (name: NodeJS.Signals): void => {
      interrupted = true;
      child.kill(name);
      // Libraries under test take signals over, so mocha may go on.
      setTimeout(kill, 15_000).unref();
    };
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, pass);
    child.once('error', fail);
    // Not `close`: a server that a test forgot would hold the pipe.
    child.once('exit', code => {
      for (const event of ['SIGINT', 'SIGTERM'] as const) process.off(event, pass);
      signal?.removeEventListener('abort', kill);
      if (interrupted) process.exit(130);
      setImmediate(() => done({ code: code ?? 1, output }));
    });
  });
}
