import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { MeanSd, Metrics } from '../../ml/evaluation/Metrics.ts';
import type { ModelMetadata } from '../../ml/onnx/ModelMetadata.ts';

// What passes between an activity and the process in which a foreign model file is read and run for the first time.

export interface AdoptionJob {
  /** Paths: the file as it came, and the validated table's artifact. */
  readonly file: string;
  readonly table: string;
  readonly definition: ProjectDefinition;
  readonly metadata: Omit<ModelMetadata, 'threshold' | 'inputs'>;
  /** Of a matrix input, in their order; null: as the file or the definition says. */
  readonly columns: readonly string[] | null;
  /** Null: chosen on the out-of-fold predictions, or where there are none on those of the training part. */
  readonly threshold: number | null;
  /** A CSV with a column `probability`, one a row of the training part; null where nobody knows the folds of the training. */
  readonly outOfFold: string | null;
  /** A table with a column `probability`: what the file's own library answered. */
  readonly samples: string | null;
  /** How messages name it. */
  readonly samplesShownAs: string;
  readonly allowSlow: boolean;
  /** An empty folder: gets `model.onnx`, and `outOfFold` (float64) where there are such predictions. */
  readonly output: string;
}

export interface AdoptedFile {
  readonly metrics: Metrics;
  /** Empty without out-of-fold predictions. */
  readonly crossValidation: Readonly<Record<string, MeanSd>>;
  readonly threshold: number;
  readonly calibrated: boolean;
  /** What was assumed or found worth saying. */
  readonly notes: readonly string[];
  readonly latency: Latency;
  readonly producer: string;
  /** Domain → the operator set that the file came in. */
  readonly operatorSets: Readonly<Record<string, number>>;
  /** Sample predictions that were met; null where none were given. */
  readonly samplesMet: number | null;
}

export interface Latency {
  readonly oneRowMs: number;
  readonly thousandRowsMs: number;
}

export type AdoptionOutcome = { readonly adopted: AdoptedFile } | { readonly refused: string };
