import type { ModelMetadata } from '../ml/onnx/ModelMetadata.ts';
import type { Columns } from './Columns.ts';
import { type Batcher, type BatcherOptions, createBatcher, type Waiting } from './createBatcher.ts';
import type { ScoringSession } from './ScoringSession.ts';
import type { Signature } from './Signature.ts';

// One version of a model in memory. Callers take it and give it back, so that a version that was replaced is let go when the
// last call on it ended and not before.

export class LoadedModel {
  readonly model: string;
  readonly version: number;
  readonly digest: string;
  readonly metadata: ModelMetadata;
  readonly signature: Signature;
  readonly #unseenLevels = new Map<string, number>();
  readonly #session: ScoringSession;
  readonly #batcher: Batcher<Columns>;
  readonly #float32Threshold: number;
  #users = 0;
  #retired: PromiseWithResolvers<void> | null = null;

  constructor(
    identity: { readonly model: string; readonly version: number; readonly digest: string },
    metadata: ModelMetadata,
    signature: Signature,
    session: ScoringSession,
    batching: BatcherOptions,
  ) {
    this.model = identity.model;
    this.version = identity.version;
    this.digest = identity.digest;
    this.metadata = metadata;
    this.signature = signature;
    this.#session = session;
    this.#float32Threshold = Math.fround(metadata.threshold);
    this.#batcher = createBatcher<Columns>(
      parts => session.score(parts.map(({ work, from, to }) => ({ columns: work, from, to }))),
      batching,
    );
  }

  /**
   * Scores all rows, together with those of other calls.
   * @returns the probabilities of the positive label, one a row
   * @throws HoldfastError resourceExhausted where too many rows wait; unavailable where the caller gave up
   */
  score(columns: Columns, caller: Waiting): Promise<Float32Array> {
    return this.#batcher.submit(columns, columns.rowCount, caller);
  }

  /** The label of a probability that the model file gave: compared in float32, as the file itself does. */
  label(probability: number): string {
    const { label } = this.metadata;
    return probability >= this.#float32Threshold ? label.positive : label.negative;
  }

  /** Column → how many values of levels that training did not meet were scored. */
  get unseenLevels(): ReadonlyMap<string, number> {
    return this.#unseenLevels;
  }

  /** @returns whether these were the column's first */
  countUnseenLevels(column: string, count: number): boolean {
    const before = this.#unseenLevels.get(column);
    this.#unseenLevels.set(column, (before ?? 0) + count);
    return before === undefined;
  }

  /** Runs work on this version, which stays in memory until the work ended. */
  async use<T>(work: (model: LoadedModel) => Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await work(this);
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
