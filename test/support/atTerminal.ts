import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/** Waits until what came since the last step matches, then types. */
export interface Step {
  readonly until: RegExp;
  readonly send: string;
}

const seen = z.object({ screens: z.array(z.string()), last: z.string(), code: z.int() });
export type Seen = z.output<typeof seen>;

/** Runs a program at a terminal and types into it. @param python of the test's peers */
export async function atTerminal(
  python: string,
  command: readonly string[],
  steps: readonly Step[],
  environment: NodeJS.ProcessEnv,
): Promise<Seen> {
  const child = spawn(python, ['test/peers/terminal.py', ...command], {
    env: { ...environment, PYTHONDONTWRITEBYTECODE: '1' },
  });
  child.stdin.end(JSON.stringify(steps.map(({ until, send }) => ({ until: until.source, send }))));
  const exited = new Promise<number | null>((done, fail) => child.once('exit', done).once('error', fail));
  const [code, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`terminal.py failed: ${stderr}`);
  return seen.parse(JSON.parse(stdout));
}
