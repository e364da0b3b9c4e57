import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program under test, started in its own process group as a terminal does, with all it says. */
export class Started {
  readonly child: ChildProcess;
  readonly exit: Promise<number | NodeJS.Signals>;
  stdout = '';
  stderr = '';

  constructor(
    command: string,
    args: readonly string[],
    options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
  ) {
    this.child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exit = new Promise((done, fail) => {
      this.child.once('error', fail);
      this.child.once('close', (code, signal) => done(code ?? signal ?? 'SIGKILL'));
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the program did not start');
    return this.child.pid;
  }

  /** @throws Error with everything it said where it ends without having said the word on stdout. */
  async until(word: string): Promise<void> {
    let ended = false;
    void this.exit.then(() => (ended = true));
    while (!this.stdout.includes(word)) {
      if (ended) throw new Error(`it ended without ${word}:\n${this.stdout}\n${this.stderr}`);
      await sleep(20);
    }
  }
}

/** Processes that have this folder among their arguments, environment or as their working folder. */
export function processesOf(folder: string): string[] {
  const describe = (pid: string): string[] => {
    try {
      const about = ['cmdline', 'environ'].map(file => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
      if (![...about, readlinkSync(`/proc/${pid}/cwd`)].some(text => text.includes(folder))) return [];
      return [`${pid} ${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()}`];
    } catch {
      return []; // It has just ended, or is another user's.
    }
  };
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap(describe);
}

/** Waits until none is left. @throws Error that names those which stay longer than `withinMs`. */
export async function assertNoProcesses(folder: string, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    const left = processesOf(folder);
    if (left.length === 0) return;
    if (Date.now() > end) throw new Error(`still running: ${left.join(', ')}`);
    await sleep(50);
  }
}
