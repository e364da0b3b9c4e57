import { type ChildProcess, spawn } from 'node:child_process';
import { after } from 'mocha';
import { freePorts } from './freePorts.ts';

// One of our processes as the supervisor starts it, with what it logs collected as JSON lines. Whatever a test leaves running
// is killed when the tests end.

const running = new Set<ChildProcess>();

export interface StartedProcess {
  /** The log's lines, as far as they are JSON. */
  readonly log: Readonly<Record<string, unknown>>[];
  /** Where it shows its metrics. */
  readonly metricsPort: number;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** A signal after which it goes on. */
  readonly send: (signal: 'SIGHUP') => void;
}

/** Starts `bin/<name>.ts` and waits until it says that it is ready. */
export async function startProcess(
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<StartedProcess> {
  const [metricsPort] = await freePorts(1);
  const child = spawn(process.execPath, [`bin/${name}.ts`], {
    env: { ...process.env, HOLDFAST_METRICS_PORT: String(metricsPort), ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  running.add(child);
  const log: Record<string, unknown>[] = [];
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) log.push(JSON.parse(line));
  });
  const exited = new Promise<void>(done => child.once('exit', () => done()));
  void exited.then(() => running.delete(child));
  await new Promise<void>((ready, fail) => {
    child.on('message', message => {
      if (typeof message === 'object' && message !== null && 'ready' in message) ready();
    });
    // Not at its exit: what it said last may still be in the pipe.
    child.once('close', code =>
      fail(
        new Error(
          `bin/${name}.ts ended with ${code} before it was ready:\n${text}${JSON.stringify(log.slice(-5), null, 1)}`,
        ),
      ),
    );
  });
  return {
    log,
    metricsPort,
    send: signal => void child.kill(signal),
    kill: async signal => {
      child.kill(signal);
      await exited;
    },
  };
}

after(() => {
  for (const child of running) child.kill('SIGKILL');
});
