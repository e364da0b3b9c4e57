import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../platform/HoldfastError.ts';

// Puts the rows of many calls into one run of a model, and the rows of one large call into many: a run costs the same for one
// row as for thirty, and holds the JavaScript thread for as long as it lasts. Counts rows, not calls. Knows neither models nor
// transports. (After MLServer's adaptive batching: the queue and the wait are bounded, a run that fails fails every waiter.)
//
// Small calls go first, but where a large one waits a quarter of each run is its own, so that neither starves the other. Large
// calls take turns. A call that was cancelled or is too late is dropped before it runs.

export interface BatcherOptions {
  /** Rows of one run at most. */
  readonly maxBatchRows: number;
  /** How long a call may wait for others to join it; 0 = not at all: then a run takes what came during the one before. */
  readonly maxQueueDelayUs: number;
  /** Rows that wait at most; a call that would be too many is refused. One that is larger alone is taken when none wait. */
  readonly maxQueueRows: number;
  /** A run is made smaller than maxBatchRows where it would last longer, by what the runs before took. Default 2 ms. */
  readonly maxRunMs?: number;
}

/** What a caller may do while its rows wait. */
export interface Waiting {
  readonly cancelled: boolean;
  /** Milliseconds since 1970; Infinity where it gave none. */
  readonly deadline: number;
  /** Told when the first of its rows goes into a run. */
  started?(): void;
}

export interface Part<Work> {
  readonly work: Work;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** One number a row, in the order of the parts. */
export type Run<Work> = (parts: readonly Part<Work>[]) => Promise<Float32Array>;

export interface Batcher<Work> {
  /**
   * Runs `rowCount` rows of `work`, in as many parts as it takes.
   * @throws HoldfastError resourceExhausted where too many rows wait; deadlineExceeded or unavailable where the caller's time
   * passed or it went away before the end; what the run threw
   */
  submit(work: Work, rowCount: number, caller: Waiting): Promise<Float32Array>;
  /** Rows that wait or are being run. */
  readonly rowsInside: number;
  /** Calls of which rows wait. */
  readonly callsWaiting: number;
}

interface Job<Work> {
  readonly work: Work;
  readonly answer: Float32Array;
  readonly caller: Waiting;
  readonly result: PromiseWithResolvers<Float32Array>;
  readonly since: number;
  /** Rows that were handed to a run. */
  taken: number;
  /** Rows that a run has answered. */
  done: number;
  failed: boolean;
}

const DEFAULT_RUN_MS = 2;
/** A call of more than this share of a run is a large one; the same share is kept for large ones. */
const LARGE_SHARE = 1 / 4;
const LEAST_RUN_ROWS = 16;
/** Below this a timer, which counts milliseconds, would wait much too long. */
const TIMER_FROM_US = 2000;

export function createBatcher<Work>(run: Run<Work>, options: BatcherOptions): Batcher<Work> {
  const { maxBatchRows, maxQueueDelayUs, maxQueueRows, maxRunMs = DEFAULT_RUN_MS } = options;
  const small: Job<Work>[] = [];
  const large: Job<Work>[] = [];
  let waitingRows = 0;
  let runningRows = 0;
  let working = false;
  /** Of the runs so far, the latest counting most; 0 before the first. */
  let rowMs = 0;

  const runRows = (): number =>
    rowMs === 0
      ? maxBatchRows
      : Math.min(maxBatchRows, Math.max(LEAST_RUN_ROWS, Math.floor(maxRunMs / rowMs)));

  function submit(work: Work, rowCount: number, caller: Waiting): Promise<Float32Array> {
    if (waitingRows > 0 && waitingRows + rowCount > maxQueueRows)
      return Promise.reject(queueFull(maxQueueRows));
    const job: Job<Work> = {
      work,
      answer: new Float32Array(rowCount),
      caller,
      result: Promise.withResolvers(),
      since: performance.now(),
      taken: 0,
      done: 0,
      failed: false,
    };
    waitingRows += rowCount;
    (rowCount <= runRows() * LARGE_SHARE ? small : large).push(job);
    if (!working) void drain();
    return job.result.promise;
  }

  /** Runs until nothing waits. One run at a time: they would not overlap anyhow. */
  async function drain(): Promise<void> {
    working = true;
    for (;;) {
      // Before a run, which holds the thread: what the one before answered goes out, and what the network has brought is read.
      await nextTurn();
      if (maxQueueDelayUs > 0) await waitForMore();
      const parts = take(runRows());
      if (parts.length === 0) break;
      await runParts(parts);
    }
    working = false;
  }

  async function waitForMore(): Promise<void> {
    for (;;) {
      if (waitingRows === 0) return;
      const first = Math.min(small[0]?.since ?? Infinity, large[0]?.since ?? Infinity);
      const leftUs = maxQueueDelayUs - (performance.now() - first) * 1000;
      if (!(leftUs > 0) || waitingRows >= runRows()) return;
      await (leftUs >= TIMER_FROM_US ? sleep(Math.floor(leftUs / 1000)) : nextTurn());
    }
  }

  function take(rows: number): JobPart<Work>[] {
    const parts: JobPart<Work>[] = [];
    let left = rows;
    const takeFrom = (queue: Job<Work>[], most: number): void => {
      let room = Math.min(most, left);
      while (room > 0) {
        const job = queue.shift();
        if (job === undefined) return;
        if (job.failed) continue;
        const remaining = job.answer.length - job.taken;
        if (isGone(job)) {
          waitingRows -= remaining;
          continue;
        }
        if (job.taken === 0) job.caller.started?.();
        const count = Math.min(remaining, room);
        parts.push({ job, from: job.taken, to: job.taken + count });
        job.taken += count;
        waitingRows -= count;
        room -= count;
        left -= count;
        if (job.taken < job.answer.length) queue.push(job);
      }
    };
    takeFrom(small, large.length === 0 ? rows : Math.ceil(rows * (1 - LARGE_SHARE)));
    takeFrom(large, left);
    return parts;
  }

  async function runParts(parts: readonly JobPart<Work>[]): Promise<void> {
    const rows = parts.reduce((sum, { from, to }) => sum + to - from, 0);
    runningRows = rows;
    const begun = performance.now();
    try {
      const values = await run(parts.map(({ job, from, to }) => ({ work: job.work, from, to })));
      if (values.length !== rows) throw new Error(`A run of ${rows} rows answered ${values.length} values.`);
      const took = (performance.now() - begun) / rows;
      // One row's cost is mostly the run's own: only runs of some rows tell what a row costs.
      if (rows >= LEAST_RUN_ROWS) rowMs = rowMs === 0 ? took : 0.8 * rowMs + 0.2 * took;
      let at = 0;
      for (const { job, from, to } of parts) {
        job.answer.set(values.subarray(at, at + to - from), from);
        at += to - from;
        job.done += to - from;
        if (job.done === job.answer.length) job.result.resolve(job.answer);
      }
    } catch (error) {
      // Whoever is at fault must not take its neighbours with it: each runs alone.
      if (parts.length > 1) for (const part of parts) await runParts([part]);
      else {
        const [{ job }] = parts;
        fail(job, error);
        waitingRows -= job.answer.length - job.taken;
      }
    } finally {
      runningRows = 0;
    }
  }

  return {
    submit,
    get rowsInside() {
      return waitingRows + runningRows;
    },
    get callsWaiting() {
      return small.length + large.length;
    },
  };
}

interface JobPart<Work> {
  readonly job: Job<Work>;
  readonly from: number;
  readonly to: number;
}

function fail<Work>(job: Job<Work>, error: unknown): void {
  job.failed = true;
  job.result.reject(error);
}

/** Whether nobody waits for the job any more; told to whoever awaits it, so that it ends. */
function isGone<Work>(job: Job<Work>): boolean {
  const { cancelled, deadline } = job.caller;
  if (!cancelled && Date.now() < deadline) return false;
  fail(job, callerGone(job.caller));
  return true;
}

/** After what the network has brought was read. */
const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** Why work ends that nobody waits for any more. A deadline may be seen to pass here before the transport tells the caller. */
export const callerGone = ({ deadline }: Waiting): HoldfastError =>
  Date.now() >= deadline
    ? new HoldfastError(
        'deadlineExceeded',
        'The deadline passed before the answer was complete. Allow more time, or send fewer rows at once.',
      )
    : new HoldfastError('unavailable', 'The caller went away before the answer was complete.');

const queueFull = (maximumRows: number): HoldfastError =>
  new HoldfastError(
    'resourceExhausted',
    `More rows wait for this model than the ${maximumRows} that may (INFERENCE_MAX_QUEUE_ROWS). Send less at a time, or try again shortly.`,
  );
