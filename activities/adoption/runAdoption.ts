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
/** So much later the process ends itself: by then nobody is there any more to end it. */
const GRACE_MS = 30_000;
const KEPT_OUTPUT = 2000;

/** What a process brings on itself. Any other signal comes from outside: no memory on the machine, an operator, a service's end. */
const OWN_FAULTS: ReadonlySet<NodeJS.Signals> = new Set([
  'SIGSEGV',
  'SIGABRT',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGTRAP',
]);

/**
 * Takes a foreign model file over in a process of its own, so that a file that crashes ONNX Runtime, or never ends, is refused like
 * any other bad one and costs the worker nothing.
 * @throws HoldfastError invalidArgument with the reason; what `signal` was aborted with; Error ERR_PROCESS_ENDED where somebody
 * else ended the process, which says nothing of the file
 */
export async function runAdoption(
  job: Omit<AdoptionJob, 'output'>,
  { signal, shownAs, limitMs = LIMIT_MS }: AdoptionOptions,
): Promise<AdoptedModelFile> {
  const output = await mkdtemp(join(tmpdir(), 'holdfast-adoption-'));
  try {
    const limit = AbortSignal.timeout(limitMs);
    const ended = await run({ ...job, output }, AbortSignal.any([signal, limit]), limitMs);
    signal.throwIfAborted();
    const outcome = await readOutcome(output);
    if (outcome === null && limit.aborted && ended.killedBy === 'SIGKILL')
      throw new HoldfastError(
        'invalidArgument',
        `${shownAs} is not taken: its checks did not end within ${limitMs / 1000} seconds. Make the model smaller.`,
      );
    if (outcome === null && ended.killedBy !== null && !OWN_FAULTS.has(ended.killedBy))
      throw killed(shownAs, ended.killedBy);
    if (outcome === null)
      throw new HoldfastError('invalidArgument', `${shownAs} is not taken: ${describeEnd(ended)}`);
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

function run(job: AdoptionJob, signal: AbortSignal, limitMs: number): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const script = join(import.meta.dirname, 'adoptionProcess.ts');
  const child = spawn(process.execPath, [script, String(process.pid), String(limitMs + GRACE_MS)], {
    stdio: ['pipe', 'ignore', 'pipe'],
    // Neither the database's address nor any other secret of the worker's.
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
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

/** With a code, as the system's own errors: worth some more attempts. */
const killed = (shownAs: string, by: string): Error =>
  Object.assign(
    new Error(
      `The process that tried ${shownAs} was ended by ${by} from outside; where it comes again, the machine lacks memory.`,
    ),
    { code: 'ERR_PROCESS_ENDED' },
  );

function describeEnd({ code, killedBy, stderr }: Ended): string {
  const how = killedBy === null ? `ended with exit code ${code}` : `was killed by ${killedBy}`;
  return `the process that tried it ${how}. Check it with onnx.checker.check_model(FILE, full_check=True), and export it anew.${stderr === '' ? '' : ` It said: ${stderr.trim().split('\n').at(-1)}`}`;
}
