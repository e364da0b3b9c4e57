import type { ExactExplainer } from '../ml/explanation/Explanation.ts';
import type { ModelMetadata } from '../ml/onnx/ModelMetadata.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { Columns } from './Columns.ts';
import { type Batcher, type BatcherOptions, createBatcher, type Waiting } from './createBatcher.ts';
import type { FailureReason, VersionCounts } from './InferenceStatistics.ts';
import type { ScoringSession } from './ScoringSession.ts';
import type { Signature } from './Signature.ts';

// One version of a model in memory. Callers take it and give it back, so that a version that was replaced is let go when the
// last call on it ended and not before.

export interface LoadedModelOptions {
  readonly batching: BatcherOptions;
  /** Told of every request and run. */
  readonly counts: VersionCounts;
}

export class LoadedModel {
  readonly model: string;
  readonly version: number;
  readonly digest: string;
  /** Of the ONNX file: what the bound on memory counts, since ONNX Runtime does not tell what it holds. */
  readonly fileBytes: number;
  readonly metadata: ModelMetadata;
  readonly signature: Signature;
  /** Null where only sampling explains the file. */
  readonly explainer: ExactExplainer | null;
  readonly #session: ScoringSession;
  readonly #batcher: Batcher<Columns>;
  readonly #counts: VersionCounts;
  readonly #float32Threshold: number;
  #users = 0;
  #retired: PromiseWithResolvers<void> | null = null;

  constructor(
    identity: {
      readonly model: string;
      readonly version: number;
      readonly digest: string;
      readonly fileBytes: number;
    },
    metadata: ModelMetadata,
    signature: Signature,
    { session, explainer }: { readonly session: ScoringSession; readonly explainer: ExactExplainer | null },
    { batching, counts }: LoadedModelOptions,
  ) {
    this.model = identity.model;
    this.version = identity.version;
    this.digest = identity.digest;
    this.fileBytes = identity.fileBytes;
    this.metadata = metadata;
    this.signature = signature;
    this.explainer = explainer;
    this.#session = session;
    this.#float32Threshold = Math.fround(metadata.threshold);
    this.#counts = counts;
    counts.knowCategories(signature.inputs.filter(({ kind }) => kind === 'category').map(({ name }) => name));
    this.#batcher = createBatcher<Columns>(async parts => {
      const begun = performance.now();
      const scored = await session.score(parts.map(({ work, from, to }) => ({ columns: work, from, to })));
      counts.ran(scored.length, performance.now() - begun);
      return scored;
    }, batching);
  }

  /**
   * Scores all rows, together with those of other calls.
   * @param begun when the request came, by performance.now()
   * @returns the probabilities of the positive label, one a row
   * @throws HoldfastError as Batcher.submit
   */
  async score(columns: Columns, caller: Waiting, begun: number): Promise<Float32Array> {
    const submitted = performance.now();
    let started = submitted;
    const waiting: Waiting = {
      get cancelled() {
        return caller.cancelled;
      },
      get deadline() {
        return caller.deadline;
      },
      started: () => {
        started = performance.now();
      },
    };
    const { rowCount } = columns;
    const scored = await this.#batcher.submit(columns, rowCount, waiting);
    const inferMs = performance.now() - started;
    this.#counts.answered(rowCount, submitted - begun, started - submitted, inferMs);
    return scored;
  }

  /** Scores rows that no caller sent, for an explanation: as score(), but they count as runs only and as no request. */
  evaluate(columns: Columns, caller: Waiting): Promise<Float32Array> {
    return this.#batcher.submit(columns, columns.rowCount, caller);
  }

  /** The label of a probability that the model file gave: compared in float32, as the file itself does. */
  label(probability: number): string {
    const { label } = this.metadata;
    return probability >= this.#float32Threshold ? label.positive : label.negative;
  }

  /** Column → how many values of levels that training did not meet were scored. */
  get unseenLevels(): ReadonlyMap<string, number> {
    return this.#counts.unseenLevels;
  }

  /** @returns whether these were the column's first */
  countUnseenLevels(column: string, count: number): boolean {
    return this.#counts.unseen(column, count);
  }

  /** What waits for this version. */
  get queue(): Pick<Batcher<Columns>, 'rowsInside' | 'callsWaiting'> {
    return this.#batcher;
  }

  /** Runs work on this version, which stays in memory until the work ended. */
  async use<T>(work: (model: LoadedModel) => Promise<T>): Promise<T> {
    this.#users++;
    const begun = performance.now();
    try {
      return await work(this);
    } catch (error) {
      this.#counts.failed(performance.now() - begun, reasonOf(error));
      throw error;
    } finally {
      this.#users--;
      if (this.#users === 0) this.#retired?.resolve();
    }
  }

  /** True once it is to be let go: no new work may begin on it. */
  get retired(): boolean {
    return this.#retired !== null;
  }

  /** Lets the session go once nobody uses it. To be called when no new caller can find this version any more. */
  async retire(): Promise<void> {
    if (this.#retired !== null) return this.#retired.promise;
    this.#retired = Promise.withResolvers();
    if (this.#users === 0) this.#retired.resolve();
    await this.#retired.promise;
    await this.#session.release();
  }
}

function reasonOf(error: unknown): FailureReason {
  if (!(error instanceof HoldfastError) || error.code === 'internal') return 'BACKEND';
  // Triton's word also for those whose time passed while they waited.
  if (error.code === 'resourceExhausted' || error.code === 'deadlineExceeded') return 'REJECTED';
  return error.code === 'unavailable' ? 'CANCELED' : 'OTHER';
}
