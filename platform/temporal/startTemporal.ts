import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LOOPBACK } from '../addresses.ts';
import { HoldfastError } from '../HoldfastError.ts';
import { assertPortFree } from '../lifecycle/assertPortFree.ts';
import { fileError } from '../lifecycle/fileError.ts';
import { processStartTime } from '../lifecycle/processStartTime.ts';
import { signalProcess } from '../lifecycle/signalProcess.ts';
import { waitUntilGone } from '../lifecycle/waitUntilGone.ts';
import { connectTemporal } from './connectTemporal.ts';
import { ensureSearchAttributes, SEARCH_ATTRIBUTES } from './ensureSearchAttributes.ts';

// Temporal's dev server with its state in one SQLite file of ours, so that workflows under way go on after a restart. Like
// PostgreSQL it lives in its own process group and logs into a file. It asks nobody who they are, so it listens on loopback.

export interface StartTemporalOptions {
  /** The Temporal CLI. */
  readonly executable: string;
  /** Holds `temporal.db`; made where missing. */
  readonly folder: string;
  readonly port: number;
  readonly uiPort: number;
  readonly namespace?: string;
  /** Default: `<folder>/temporal.log`. Appended to. */
  readonly logFile?: string;
  /** Told at once, long before the server answers, so that it can be found after a kill -9. */
  readonly onSpawn?: (pid: number) => void;
  readonly signal?: AbortSignal;
}

export interface TemporalServer {
  readonly address: string;
  readonly pid: number;
  /** Settles when the server is gone, for whatever reason. */
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

/** A start on a large database takes a few seconds; more than this is a fault. */
const START_MS = 60_000;

/**
 * Starts the server and waits until it answers and knows our search attributes.
 * @throws HoldfastError failedPrecondition (a port taken, folder not usable), internal (with what the server said).
 */
export async function startTemporal(options: StartTemporalOptions): Promise<TemporalServer> {
  const { folder, port, uiPort, namespace = 'default', signal } = options;
  const logFile = options.logFile ?? join(folder, 'temporal.log');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileError(error, folder);
  }
  await assertPortFree({ purpose: 'Temporal', port, variable: 'HOLDFAST_TEMPORAL_PORT' });
  await assertPortFree({
    purpose: "Temporal's web page",
    port: uiPort,
    variable: 'HOLDFAST_TEMPORAL_UI_PORT',
  });
  const logOffset = existsSync(logFile) ? statSync(logFile).size : 0;
  const child = spawnServer({ ...options, namespace, logFile });
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  const server = describe(child, `${LOOPBACK}:${port}`);
  try {
    const connection = await connectTemporal({
      address: server.address,
      namespace,
      waitMs: START_MS,
      signal,
      hopeless: () => hasExited(child),
    });
    try {
      await ensureSearchAttributes(connection, namespace, signal);
    } finally {
      await connection.close();
    }
    return server;
  } catch (error) {
    const exitedByItself = hasExited(child);
    await server.stop();
    if (!exitedByItself && (signal?.aborted === true || error instanceof HoldfastError)) throw error;
    throw exitError(readFileSync(logFile).subarray(logOffset).toString(), logFile, error);
  }
}

function spawnServer(options: StartTemporalOptions & { namespace: string; logFile: string }) {
  const { executable, folder, port, uiPort, namespace, logFile } = options;
  const flags = {
    'db-filename': join(folder, 'temporal.db'),
    ip: LOOPBACK,
    port,
    'ui-port': uiPort,
    namespace,
    'log-level': 'warn',
    'log-format': 'json',
  };
  const args = ['server', 'start-dev'];
  for (const [name, value] of Object.entries(flags)) args.push(`--${name}`, String(value));
  for (const name of SEARCH_ATTRIBUTES) args.push('--search-attribute', `${name}=Keyword`);
  const log = openSync(logFile, 'a', 0o600);
  try {
    // Of our environment only where programs and its own settings are: databases and credentials are none of its business.
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME };
    return spawn(executable, args, { cwd: folder, env, stdio: ['ignore', log, log], detached: true });
  } finally {
    closeSync(log);
  }
}

function describe(child: ChildProcess, address: string): TemporalServer {
  const pid = child.pid ?? 0;
  const startTime = processStartTime(pid);
  const exited = new Promise<void>((done, fail) => child.once('error', fail).once('exit', () => done()));
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    if (startTime !== null) await stopTemporal(pid, startTime);
    await exited;
  };
  return { address, pid, exited, stop: () => (stopping ??= stop()) };
}

/** Asks it to end, then makes it: SQLite's journal keeps what was acknowledged either way. */
export async function stopTemporal(pid: number, startTime: string): Promise<void> {
  for (const [name, waitMs] of [
    ['SIGTERM', 10_000],
    ['SIGKILL', 10_000],
  ] as const) {
    signalProcess(pid, name);
    if (await waitUntilGone(pid, startTime, waitMs)) return;
  }
  throw new HoldfastError('unavailable', `Temporal (pid ${pid}) does not stop, not even by force.`);
}

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function exitError(said: string, logFile: string, cause: unknown): HoldfastError {
  if (/no space left on device|disk is full/i.test(said)) {
    return new HoldfastError(
      'resourceExhausted',
      'The disk is full: Temporal cannot start; free some space, then start again.',
      { cause },
    );
  }
  const lines = said.split('\n').filter(line => line.trim() !== '');
  const reasons = lines.filter(line => /error|fatal|panic|unable/i.test(line));
  return new HoldfastError(
    'internal',
    `Temporal does not start: ${(reasons.at(-1) ?? lines.at(-1) ?? 'it said nothing').slice(0, 500)} (its log: ${logFile})`,
    { cause },
  );
}
