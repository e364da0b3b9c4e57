import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { AdoptedFile, AdoptionJob, AdoptionOutcome } from './AdoptionJob.ts';

export interface AdoptedModelFile extends AdoptedFile {
  readonly onnx: Uint8Array;
  /** Float64 bytes; null where the job had none. */
  readonly outOfFold: Uint8Array | null;
}

export interface AdoptionOptions {
  readonly signal: AbortSignal;
  /** How messages name the file. */
  readonly shownAs: string;
  /** How long the checks may take. */
  readonly limitMs?: number;
}

const LIMIT_MS = 600_000;
const KEPT_OUTPUT = 2000;

/**
 * Takes a foreign model file over in a process of its own, so that a file that crashes ONNX Runtime, or never ends, is refused like
 * any other bad one and costs the worker nothing.
 * @throws HoldfastError invalidArgument with the reason; what `signal` was aborted with
 */
export async function runAdoption(
  job: Omit<AdoptionJob, 'output'>,
  { signal, shownAs, limitMs = LIMIT_MS }: AdoptionOptions,
): Promise<AdoptedModelFile> {
  const output = await mkdtemp(join(tmpdir(), 'holdfast-adoption-'));
  try {
    const ended = await run({ ...job, output }, AbortSignal.any([signal, AbortSignal.timeout(limitMs)]));
    signal.throwIfAborted();
    const outcome = await readOutcome(output);
    if (outcome === null)
      throw new HoldfastError('invalidArgument', `${shownAs} is not taken: ${describeEnd(ended, limitMs)}`);
    if ('refused' in outcome)
      throw new HoldfastError('invalidArgument', `${shownAs} is not taken: ${outcome.refused}`);
    return {
      ...outcome.adopted,
      onnx: await readFile(join(output, 'model.onnx')),
      outOfFold: job.outOfFold === null ? null : await readFile(join(output, 'outOfFold')),
    };
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

interface Ended {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly stderr: string;
}

function run(job: AdoptionJob, signal: AbortSignal): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'adoptionProcess.ts')], {
    stdio: ['pipe', 'ignore', 'pipe'],
    // Neither the database's address nor any other secret of the worker's.
    env: { PATH: process.env.PATH },
  });
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-KEPT_OUTPUT);
  });
  child.stdin.on('error', () => undefined).end(JSON.stringify(job));
  child.once('error', reject);
  child.once('close', (code, killedBy) => {
    signal.removeEventListener('abort', stop);
    resolve({ code, killedBy, stderr });
  });
  return promise;
}

async function readOutcome(output: string): Promise<AdoptionOutcome | null> {
  try {
    const outcome: AdoptionOutcome = JSON.parse(await readFile(join(output, 'outcome.json'), 'utf8'));
    return outcome;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function describeEnd({ code, killedBy, stderr }: Ended, limitMs: number): string {
  if (killedBy === 'SIGKILL')
    return `its checks did not end within ${limitMs / 1000} seconds, or took all memory. Make the model smaller.`;
  const how = killedBy === null ? `ended with exit code ${code}` : `was killed by ${killedBy}`;
  return `the process that tried it ${how}. Check it with onnx.checker.check_model(FILE, full_check=True), and export it anew.${stderr === '' ? '' : ` It said: ${stderr.trim().split('\n').at(-1)}`}`;
}
