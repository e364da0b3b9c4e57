import type { InferenceSession } from 'onnxruntime-node';
import type { ModelMetadata } from '../ml/onnx/ModelMetadata.ts';
import type { Columns } from './Columns.ts';
import { createFeeds } from './createFeeds.ts';
import { createSignature, type Signature } from './Signature.ts';

// One version of a model in memory. Callers take it and give it back, so that a version that was replaced is let go when the
// last call on it ended and not before.

export class LoadedModel {
  readonly model: string;
  readonly version: number;
  readonly digest: string;
  readonly metadata: ModelMetadata;
  readonly signature: Signature;
  readonly #unseenLevels = new Map<string, number>();
  readonly #session: InferenceSession;
  #users = 0;
  #retired: PromiseWithResolvers<void> | null = null;

  constructor(
    identity: { readonly model: string; readonly version: number; readonly digest: string },
    metadata: ModelMetadata,
    session: InferenceSession,
  ) {
    this.model = identity.model;
    this.version = identity.version;
    this.digest = identity.digest;
    this.metadata = metadata;
    this.signature = createSignature(metadata);
    this.#session = session;
  }

  /**
   * Scores rows `from` (inclusive) to `to` (exclusive).
   * @returns the probabilities of the positive label, one a row
   */
  async score(columns: Columns, from: number, to: number): Promise<Float32Array> {
    const feeds = createFeeds(this.signature.inputs, columns, from, to);
    const { probabilities } = await this.#session.run(feeds, ['probabilities']);
    const { data } = probabilities;
    if (!(data instanceof Float32Array) || data.length !== 2 * (to - from))
      throw new Error(`The model file ${this.digest} answered probabilities of another shape than [N, 2].`);
    const positive = new Float32Array(to - from);
    for (let row = 0; row < positive.length; row++) positive[row] = data[2 * row + 1];
    return positive;
  }

  /** The label of a probability that the model file gave: compared in float32, as the file itself does. */
  label(probability: number): string {
    const { threshold, label } = this.metadata;
    return probability >= Math.fround(threshold) ? label.positive : label.negative;
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
