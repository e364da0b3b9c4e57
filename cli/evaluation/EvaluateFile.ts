import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { EvaluatedCandidate, SplitEvaluation } from '../../ml/evaluation/SplitEvaluation.ts';

// The port to training: a command may not import activities, so bin/holdfast.ts hands it in.

export interface EvaluationRequest {
  readonly definition: ProjectDefinition;
  /** A CSV or Parquet file. */
  readonly path: string;
  /** One split each. */
  readonly seeds: readonly number[];
  readonly threads: number;
  /** Rows that break a rule are told there, as in a training run. */
  readonly quarantineFolder: string;
  readonly onData: (data: EvaluatedData) => void;
  readonly onCandidate: (seed: number, candidate: EvaluatedCandidate) => void;
  readonly onSplit: (split: SplitEvaluation) => void;
  readonly signal: AbortSignal;
}

export interface EvaluatedData {
  /** Of the file's bytes. */
  readonly digest: string;
  readonly rows: number;
  readonly quarantined: number;
  readonly quarantineFile: string | null;
}

export type EvaluateFile = (request: EvaluationRequest) => Promise<{
  readonly data: EvaluatedData;
  readonly splits: readonly SplitEvaluation[];
}>;
