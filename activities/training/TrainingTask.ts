import type { TableSplit } from '../../ml/dataset/splitTable.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { ModelMetadata } from '../../ml/onnx/ModelMetadata.ts';
import type { BlendMember, FittedBlend } from '../../ml/trainers/blend/fitBlend.ts';
import type { Recipe } from '../../ml/trainers/Recipe.ts';

// What passes between the worker's event loop and a training thread: the table by its path, its split, everything else small.

interface TaskBase {
  readonly tablePath: string;
  readonly definition: ProjectDefinition;
  readonly split: TableSplit;
  readonly recipe: Recipe;
}

export interface FoldTask extends TaskBase {
  readonly kind: 'fold';
  readonly fold: number;
}

export interface FinalTask extends TaskBase {
  readonly kind: 'final';
  /** Out-of-fold probabilities, one a row of the training part, uncalibrated. */
  readonly outOfFold: Float64Array;
  readonly metadata: Omit<ModelMetadata, 'threshold' | 'inputs'>;
}

export interface BlendTask {
  readonly kind: 'blend';
  readonly tablePath: string;
  readonly definition: ProjectDefinition;
  readonly split: TableSplit;
  readonly members: readonly BlendMember[];
}

export type TrainingTask = FoldTask | FinalTask | BlendTask;

/** A task as it reaches a training thread. */
export interface TrainingOrder {
  readonly task: TrainingTask;
  /** Of the pool. */
  readonly threads: number;
  /** How many tasks wait or run in the pool at this moment; shared with its event loop, which counts. */
  readonly underWay: Int32Array<SharedArrayBuffer>;
}

export interface FoldResult {
  readonly kind: 'fold';
  /** Uncalibrated, one a row of the fold, rows ascending. */
  readonly probabilities: Float64Array;
  readonly seconds: number;
  /** What it took of a core: other work on the machine hardly lengthens it. */
  readonly cpuSeconds: number;
}

export interface FinalResult {
  readonly kind: 'final';
  readonly onnx: Uint8Array;
  /** The kernel's own probabilities on the holdout: what the file must agree with. */
  readonly holdoutProbabilities: Float64Array;
  readonly seconds: number;
}

export interface BlendResult {
  readonly kind: 'blend';
  readonly blend: FittedBlend;
  readonly seconds: number;
}

export type TrainingResult = FoldResult | FinalResult | BlendResult;
