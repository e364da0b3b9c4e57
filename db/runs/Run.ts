export const runKinds = ['trainModel', 'importModel', 'ingestDataset'] as const;
export type RunKind = (typeof runKinds)[number];

export const runStatuses = ['running', 'succeeded', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Of trainModel. */
export interface TrainingResult {
  /** The best candidate by the definition's selection metric. */
  readonly championVersion: number;
  /** Why it is the champion, for people; runs of before it was told have none. */
  readonly choice?: string;
  /** Null where the gate refused it. */
  readonly promotedTo: 'production' | 'staging' | null;
  readonly gate: readonly { readonly rule: string; readonly passed: boolean; readonly detail: string }[];
  /** Candidates of other people's trainers that did not come about; the run went on without them. */
  readonly leftOut?: readonly { readonly trainer: string; readonly reason: string }[];
}

/** Of ingestDataset. */
export interface IngestionResult {
  /** Whether the data had not been there before. */
  readonly isNew: boolean;
}

export type RunResult = TrainingResult | IngestionResult;

/** What a list shows. */
export interface RunSummary {
  /** Temporal's first execution run id. */
  readonly id: string;
  readonly workflowId: string;
  readonly model: string;
  readonly kind: RunKind;
  readonly trigger: string;
  readonly status: RunStatus;
  /** How it ended, for people; empty while it runs, for then the workflow itself tells. */
  readonly stage: string;
  readonly error: string | null;
  /** Of the one table of codes, where what failed gave one. */
  readonly errorCode: string | null;
  readonly input: Readonly<Record<string, unknown>>;
  readonly definitionDigest: string;
  readonly seed: number;
  /** Null until the data was ingested. */
  readonly dataset: {
    readonly id: number;
    readonly version: number;
    readonly digest: string;
    readonly rows: number;
    readonly quarantined: number;
  } | null;
  /** Set exactly where it succeeded. */
  readonly result: RunResult | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

export interface Run extends RunSummary {
  /** The project definition as it was when the run began. */
  readonly definition: Readonly<Record<string, unknown>>;
}
