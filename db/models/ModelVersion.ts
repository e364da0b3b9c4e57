import type { MeanSd, Metrics } from '../../ml/evaluation/Metrics.ts';
import type { AliasName } from '../aliases/Alias.ts';

/** What training knows of a candidate; the registry adds number, model and lineage. */
export interface RegisteredCandidate {
  readonly trainer: string;
  /** Artifact of the ONNX file. */
  readonly digest: string;
  readonly threshold: number;
  /** On the untouched holdout. */
  readonly metrics: Metrics;
  /** By metric, over the folds of the training part. */
  readonly crossValidation: Readonly<Record<string, MeanSd>>;
  readonly signature: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Of training. */
  readonly seconds: number;
}

export interface ModelVersion extends RegisteredCandidate {
  readonly model: string;
  /** 1, 2, … of the model. */
  readonly version: number;
  /** That stand on it now. */
  readonly aliases: readonly AliasName[];
  readonly runId: string;
  readonly dataset: { readonly id: number; readonly version: number; readonly digest: string };
  readonly definitionDigest: string;
  readonly createdAt: Date;
  /** Null while it is not archived. */
  readonly archivedAt: Date | null;
}
