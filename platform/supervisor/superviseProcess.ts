import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../HoldfastError.ts';
import type { ChildMessage } from '../lifecycle/ChildMessage.ts';
import { DRAIN_MS } from '../lifecycle/runProcess.ts';
import { signalProcess } from '../lifecycle/signalProcess.ts';
import { forgetProcess, recordProcess } from './processRecords.ts';
import { readLogLines } from './readLogLines.ts';
import { rotateLog } from './rotateLog.ts';

// One of our own processes, kept running. Each has its own process group, so that the terminal's Ctrl-C reaches the
// supervisor alone, and an IPC channel, by whose end it learns that the supervisor is gone.

export interface ProcessSpecification {
  readonly name: string;
  /** Absolute path of the TypeScript file to run; the folder above its own becomes the working folder. */
  readonly entry: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Where its record is kept while it runs. */
  readonly runFolder: string;
}

export interface SupervisedProcess {
  readonly name: string;
  /** Settles when it serves for the first time. @throws HoldfastError with its own last words */
  readonly ready: Promise<void>;
  /** Lets it drain, then makes it end; leaves nothing of its process group. */
  stop(): Promise<void>;
  /** Ends it now. */
  kill(): void;
}

/** So many ends before it ever served: it will not. */
const MOST_FAILED_STARTS = 3;
const START_MS = 120_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Serving for so long makes earlier crashes forgotten. */
const STEADY_MS = 60_000;

export function superviseProcess(
  specification: ProcessSpecification,
  warn: (line: string) => void,
): SupervisedProcess {
  const { name, runFolder } = specification;
  const stopping = new AbortController();
  const ready = Promise.withResolvers<void>();
  let current: ChildProcess | undefined;

  const runOnce = async (): Promise<Life> => {
    const life = spawnProcess(specification, child => {
      current = child;
      if (child.pid !== undefined) recordProcess(runFolder, name, child.pid);
      if (stopping.signal.aborted) child.kill('SIGTERM');
    });
    void life.serving.then(serving => serving && ready.resolve());
    const ended = await life.ended;
    forgetProcess(runFolder, name);
    return ended;
  };

  const keepRunning = async (): Promise<void> => {
    let hasServed = false;
    let crashes = 0;
    while (!stopping.signal.aborted) {
      const life = await runOnce();
      if (stopping.signal.aborted) return;
      hasServed ||= life.servedMs !== null;
      crashes = (life.servedMs ?? 0) > STEADY_MS ? 1 : crashes + 1;
      if (!hasServed && (crashes >= MOST_FAILED_STARTS || life.isHopeless)) {
        ready.reject(startError(name, life, specification.logFile));
        return;
      }
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (crashes - 1), LONGEST_PAUSE_MS);
      warn(
        `${name} ended (${life.how}) and is started again in ${pauseMs / 1000} s; its log: ${specification.logFile}`,
      );
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined); // Stopped: looked at above.
    }
  };

  const done = keepRunning();
  done.catch(ready.reject);
  ready.promise.catch(() => undefined); // Whoever starts it waits for this; a stop in between must not count as unhandled.
  return {
    name,
    ready: ready.promise,
    stop: async () => {
      stopping.abort();
      if (current !== undefined) await endProcess(current);
      await done;
    },
    kill: () => {
      stopping.abort();
      killGroup(current);
    },
  };
}

interface Life {
  readonly how: string;
  /** How long it served; null where it never became ready. */
  readonly servedMs: number | null;
  /** Its own sentence about why it failed. */
  readonly sentence: string | null;
  /** It said itself that another try would fail the same way. */
  readonly isHopeless: boolean;
  readonly logOffset: number;
}

function spawnProcess(
  { name, entry, environment, logFile }: ProcessSpecification,
  onSpawn: (child: ChildProcess) => void,
): { serving: Promise<boolean>; ended: Promise<Life> } {
  rotateLog(logFile);
  const log = openSync(logFile, 'a', 0o600);
  const logOffset = fstatSync(log).size;
  const child = spawn(process.execPath, [entry], {
    cwd: dirname(dirname(entry)),
    env: environment,
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);
  onSpawn(child);
  let readyAt: number | null = null;
  let failed: { sentence: string; isHopeless: boolean } | null = null;
  const serving = Promise.withResolvers<boolean>();
  child.on('message', (message: ChildMessage) => {
    if ('ready' in message) {
      readyAt = Date.now();
      serving.resolve(true);
    } else failed = { sentence: message.failed, isHopeless: !message.retryable };
  });
  const tooLong = setTimeout(() => {
    if (readyAt !== null) return;
    failed = { sentence: `it was not ready within ${START_MS / 1000} s`, isHopeless: true };
    killGroup(child);
  }, START_MS);
  const ended = new Promise<Life>((done, fail) => {
    child.once('error', error => fail(new Error(`${name} cannot be started`, { cause: error })));
    child.once('exit', (code, signal) => {
      clearTimeout(tooLong);
      serving.resolve(false);
      killGroup(child); // What it started itself must not outlive it.
      done({
        how: signal ?? `code ${code}`,
        servedMs: readyAt === null ? null : Date.now() - readyAt,
        sentence: failed?.sentence ?? null,
        isHopeless: failed?.isHopeless ?? false,
        logOffset,
      });
    });
  });
  return { serving: serving.promise, ended };
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>(done => child.once('exit', () => done()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child), DRAIN_MS + 2000);
  await gone;
  clearTimeout(timer);
}

function killGroup(child: ChildProcess | undefined): void {
  if (child?.pid !== undefined) signalProcess(-child.pid, 'SIGKILL');
}

function startError(name: string, { how, sentence, logOffset }: Life, logFile: string): HoldfastError {
  if (sentence !== null)
    return new HoldfastError('failedPrecondition', `The process ${name} does not start: ${sentence}`);
  const last = readLogLines(logFile, logOffset).lines.slice(-5);
  return new HoldfastError(
    'internal',
    `The process ${name} ended ${MOST_FAILED_STARTS} times while it was starting (${how}); its log ${logFile} ends with: ${last.map(({ text }) => text).join(' | ') || 'nothing'}`,
  );
}
