// What this process did since it started, by model and version, in Triton's terms: requests by their outcome, rows, runs of
// the model, and how long each part took. The Open Inference Protocol's ModelStatistics and the metrics nv_inference_* are two
// ways of telling it. Durations are of answered requests; a refused one only counts as failed.

export interface Duration {
  readonly count: number;
  readonly totalMs: number;
}

/** Triton's words for why a request failed: too much waited or for too long; the caller gave up; the model's run failed; anything else. */
export const failureReasons = ['REJECTED', 'CANCELED', 'BACKEND', 'OTHER'] as const;
export type FailureReason = (typeof failureReasons)[number];

export interface VersionStatistics {
  readonly model: string;
  readonly version: number;
  /** Milliseconds since 1970; 0 before the first. */
  readonly lastRequestAt: number;
  readonly rows: number;
  /** Fewer than the requests where they were batched. */
  readonly runs: number;
  readonly success: Duration;
  readonly fail: Duration;
  /** Of those that failed, by why. */
  readonly failures: Readonly<Record<FailureReason, number>>;
  /** Until a request's first row went into a run. */
  readonly queue: Duration;
  /** Reading and checking the request. */
  readonly computeInput: Duration;
  /** From its first row's run to its last one's, with the taking out of the answers. */
  readonly computeInfer: Duration;
  /** Rows of a run → the time of such runs. */
  readonly runsByRows: ReadonlyMap<number, Duration>;
  /** Column → how many values of levels that training did not meet were scored. */
  readonly unseenLevels: ReadonlyMap<string, number>;
}

class Total implements Duration {
  count = 0;
  totalMs = 0;

  add(ms: number): void {
    this.count++;
    this.totalMs += ms;
  }
}

/** Of one version, across its being loaded, let go and loaded again. */
export class VersionCounts implements VersionStatistics {
  readonly model: string;
  readonly version: number;
  lastRequestAt = 0;
  rows = 0;
  runs = 0;
  readonly success = new Total();
  readonly fail = new Total();
  readonly queue = new Total();
  readonly computeInput = new Total();
  readonly computeInfer = new Total();
  readonly failures = { REJECTED: 0, CANCELED: 0, BACKEND: 0, OTHER: 0 };
  readonly runsByRows = new Map<number, Total>();
  readonly unseenLevels = new Map<string, number>();

  constructor(model: string, version: number) {
    this.model = model;
    this.version = version;
  }

  answered(rows: number, inputMs: number, queueMs: number, inferMs: number): void {
    this.lastRequestAt = Date.now();
    this.rows += rows;
    this.success.add(inputMs + queueMs + inferMs);
    this.computeInput.add(inputMs);
    this.queue.add(queueMs);
    this.computeInfer.add(inferMs);
  }

  failed(afterMs: number, reason: FailureReason): void {
    this.lastRequestAt = Date.now();
    this.failures[reason]++;
    this.fail.add(afterMs);
  }

  /** Their series begin at zero. */
  knowCategories(columns: readonly string[]): void {
    for (const column of columns) if (!this.unseenLevels.has(column)) this.unseenLevels.set(column, 0);
  }

  /** @returns whether these were the column's first */
  unseen(column: string, count: number): boolean {
    const before = this.unseenLevels.get(column) ?? 0;
    this.unseenLevels.set(column, before + count);
    return before === 0;
  }

  /** One run of the model, for however many requests. */
  ran(rows: number, runMs: number): void {
    this.runs++;
    let total = this.runsByRows.get(rows);
    if (total === undefined) {
      total = new Total();
      this.runsByRows.set(rows, total);
    }
    total.add(runMs);
  }
}

export class InferenceStatistics {
  readonly #versions = new Map<string, VersionCounts>();

  /** A version is known from when it is loaded, so that its series begin at zero. */
  of(model: string, version: number): VersionCounts {
    const key = `${model}/${version}`;
    let counts = this.#versions.get(key);
    if (counts === undefined) {
      counts = new VersionCounts(model, version);
      this.#versions.set(key, counts);
    }
    return counts;
  }

  list(): readonly VersionStatistics[] {
    return [...this.#versions.values()];
  }
}
