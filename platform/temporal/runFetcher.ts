import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Fetcher {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly waitMs: number;
  readonly signal?: AbortSignal;
  /** Asked every second with the seconds so far; a text ends the program early, with that reason. */
  readonly giveUp?: (seconds: number) => string | null;
}

/** Runs a program that fetches something, in a process group of its own, within bounds. Null: it went well; else the reason. */
export async function runFetcher({
  command,
  args,
  env,
  waitMs,
  signal,
  giveUp,
}: Fetcher): Promise<string | null> {
  signal?.throwIfAborted();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let ended: string | null = null;
  const end = (reason: string): void => {
    ended ??= reason;
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  const startedAt = Date.now();
  const watch = setInterval(() => {
    const seconds = (Date.now() - startedAt) / 1000;
    const reason = seconds * 1000 > waitMs ? `it took more than ${waitMs / 1000} s` : giveUp?.(seconds);
    if (typeof reason === 'string') end(reason);
  }, 1000);
  const onAbort = (): void => end('it was stopped');
  signal?.addEventListener('abort', onAbort);
  try {
    const exit = new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
    const [said, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    signal?.throwIfAborted();
    if (ended !== null) return ended;
    return code === 0 ? null : lastLine(complaint) || lastLine(said) || `it ended with code ${code}`;
  } catch (error) {
    signal?.throwIfAborted();
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return `there is no ${command} on PATH`;
    throw error;
  } finally {
    clearInterval(watch);
    signal?.removeEventListener('abort', onAbort);
  }
}

const lastLine = (said: string): string =>
  (
    said
      .split('\n')
      .filter(line => line.trim() !== '')
      .at(-1) ?? ''
  )
    .trim()
    .slice(0, 300);
