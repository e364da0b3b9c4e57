import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import type { MadeReport, ReportTask } from './makeReport.ts';

const answerShape = z.union([
  z.object({ report: z.object({ json: z.string(), html: z.string() }) }),
  z.object({ error: z.string() }),
]);

/**
 * Makes a report in a process of its own, of low priority; aborting the signal ends it.
 * @throws Error as the report's making did, or where the process ended without an answer
 */
export async function runReportProcess(task: ReportTask, signal: AbortSignal): Promise<MadeReport> {
  signal.throwIfAborted();
  const child = fork(new URL('./reportProcess.ts', import.meta.url), {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // It runs models that came from elsewhere: neither the database's address nor any other secret of the worker's.
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)));
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answered = new Promise<unknown>((resolve, reject) => {
      child.once('message', resolve);
      child.once('error', reject);
      child.once('exit', (code, by) =>
        reject(ended(`The report's process ended with ${by ?? code} and no report. ${complaint}`.trim())),
      );
    });
    child.send(task);
    const answer = answerShape.parse(await answered);
    if ('error' in answer) throw new Error(answer.error);
    return answer.report;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      await once(child, 'exit');
  }
}

/** With a code, as the system's own errors: a process that was killed, or had no memory left, is worth some more attempts. */
const ended = (message: string): Error => Object.assign(new Error(message), { code: 'ERR_PROCESS_ENDED' });
