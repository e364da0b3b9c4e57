import type { RowRange } from './Columns.ts';

/** A model file in ONNX Runtime, which takes rows as columns hold them. */
export interface ScoringSession {
  /** The probabilities of the positive label, one a row, in the order of the ranges. */
  score(ranges: readonly RowRange[]): Promise<Float32Array>;
  release(): Promise<void>;
}
