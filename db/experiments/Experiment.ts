import type { BucketRange } from '../../ml/experiments/allocateBuckets.ts';
import type { AliasName } from '../aliases/Alias.ts';

export const experimentStatuses = ['running', 'stopped'] as const;
export type ExperimentStatus = (typeof experimentStatuses)[number];

export const experimentEventKinds = ['start', 'adjust', 'stop'] as const;
export type ExperimentEventKind = (typeof experimentEventKinds)[number];

/** Begins the names of the experiments that AB_ENABLED makes; no registered experiment has such a name. */
export const DEFAULT_EXPERIMENT = 'ab-default';

/** An arm answers with a version, or with wherever an alias stands. */
export interface ExperimentArm {
  readonly name: string;
  /** Exactly one of version and alias is not null. */
  readonly version: number | null;
  readonly alias: AliasName | null;
  /** Computed for every unit of the experiment, and never answered. */
  readonly shadow: boolean;
}

export interface Experiment {
  readonly model: string;
  readonly name: string;
  readonly salt: string;
  readonly status: ExperimentStatus;
  /** Grows with every change. */
  readonly revision: number;
  readonly arms: readonly ExperimentArm[];
  /** Which of the 10,000 buckets belong to which answering arm. */
  readonly allocation: readonly BucketRange[];
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface ExperimentEvent {
  readonly revision: number;
  readonly kind: ExperimentEventKind;
  readonly allocation: readonly BucketRange[];
  readonly actor: string;
  readonly reason: string;
  readonly at: Date;
}
