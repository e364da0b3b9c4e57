/** What MLflow is to show as one run: a training run of ours, or one of the versions it registered. Plain data. */
export interface MirroredRun {
  /** Finds the run again at a later attempt: no other has this value as its tag `holdfast.key`. */
  readonly key: string;
  readonly name: string;
  readonly startedAt: Date;
  readonly status: 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';
  /** Null while it runs. */
  readonly endedAt: Date | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** One file of a run: its content never changes. */
export interface MirroredArtifact {
  /** Within the run's artifacts. */
  readonly path: string;
  /** In our own store. */
  readonly digest: string;
}

/** The table that a run was trained on, in MLflow's own words. */
export interface MirroredDataset {
  readonly name: string;
  readonly digest: string;
  readonly source_type: string;
  readonly source: string;
  readonly schema: string;
  readonly profile: string;
}
