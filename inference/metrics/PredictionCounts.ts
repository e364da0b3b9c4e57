import { Buckets, LATENCY_BOUNDS_S } from '../../observability/metrics/Buckets.ts';
import type { LoadedModel } from '../LoadedModel.ts';

// The answers of Predict, PredictStream, Submit and ModelInfer, a request each: what the original's metrics tell. A shadow's
// answers are nobody's and are not among them; what the version itself did, with those, is in InferenceStatistics.

export interface AnswerCounts {
  readonly model: string;
  readonly version: number;
  readonly label: { readonly positive: string; readonly negative: string };
  /** Seconds. */
  readonly latency: Buckets;
  positive: number;
  negative: number;
}

export interface ModelCounts {
  requests: number;
  /** By gRPC's number of the status. */
  readonly errors: Map<number, number>;
}

/** Of all models that this process has never had: a caller's words are no label. */
export const UNKNOWN_MODEL = 'unknown';

export class PredictionCounts {
  readonly #models = new Map<string, ModelCounts>();
  readonly #answers = new Map<string, Map<number, AnswerCounts>>();
  readonly #isKnown: (model: string) => boolean;

  constructor(isKnown: (model: string) => boolean) {
    this.#isKnown = isKnown;
  }

  /** A version is known from when it is loaded, so that its series begin at zero. */
  of({ model, version, metadata }: Pick<LoadedModel, 'model' | 'version' | 'metadata'>): AnswerCounts {
    let versions = this.#answers.get(model);
    if (versions === undefined) this.#answers.set(model, (versions = new Map()));
    let counts = versions.get(version);
    if (counts === undefined) {
      counts = {
        model,
        version,
        label: metadata.label,
        latency: new Buckets(LATENCY_BOUNDS_S),
        positive: 0,
        negative: 0,
      };
      versions.set(version, counts);
    }
    return counts;
  }

  model(name: string): ModelCounts {
    let counts = this.#models.get(name);
    if (counts === undefined) this.#models.set(name, (counts = { requests: 0, errors: new Map() }));
    return counts;
  }

  answered(loaded: LoadedModel, rows: number, positive: number, ms: number): void {
    this.model(loaded.model).requests++;
    const counts = this.of(loaded);
    counts.positive += positive;
    counts.negative += rows - positive;
    counts.latency.observe(ms / 1000);
  }

  /** @param code gRPC's number of the status */
  failed(model: string, code: number): void {
    const counts = this.model(this.#isKnown(model) ? model : UNKNOWN_MODEL);
    counts.requests++;
    counts.errors.set(code, (counts.errors.get(code) ?? 0) + 1);
  }

  answers(): AnswerCounts[] {
    return [...this.#answers.values()].flatMap(versions => [...versions.values()]);
  }

  models(): ReadonlyMap<string, ModelCounts> {
    return this.#models;
  }
}
