// What clients (control, the CLI's start, tests) and workflows agree on: names, inputs, progress. Values and types only, so
// that both the workflow bundle and a client may import it.

export const TASK_QUEUE = 'holdfast';

/** What talks to MLflow waits here: where MLflow hangs, nothing else waits behind it. */
export const TRACKING_TASK_QUEUE = 'holdfast-tracking';

export interface TrainModelInput {
  /** Default: the installation's default model. */
  readonly model?: string;
  /** A CSV or Parquet file the workers can read, or s3://BUCKET/KEY. Default: the model's newest dataset, else the definition's source. */
  readonly data?: string;
  readonly recipe?: 'holdfast' | 'original';
  /** Who or what asked, for the record: `cli`, `start`, `schedule`, … */
  readonly trigger?: string;
  /** Who promotes by it, where somebody known asked. Default: the trigger. */
  readonly actor?: string;
}

export interface GateCheck {
  readonly rule: string;
  readonly passed: boolean;
  readonly detail: string;
}

export interface TrainModelResult {
  readonly runId: string;
  readonly model: string;
  readonly championVersion: number;
  /** Null where the gate refused the champion. */
  readonly promotedTo: 'production' | 'staging' | null;
  readonly gate: readonly GateCheck[];
}

/** ingestDataset as a run of its own. */
export interface IngestAloneInput {
  /** Default: the installation's default model. */
  readonly model?: string;
  /** A CSV or Parquet file the workers can read, or s3://BUCKET/KEY. Default: the definition's source, read afresh. */
  readonly data?: string;
  /** Who or what asked, for the record: `cli`, `schedule`, … */
  readonly trigger?: string;
  /** Who it was, where that is known. */
  readonly actor?: string;
}

/** ingestDataset as a part of a run. */
export interface IngestDatasetInput {
  /** The run it belongs to; its row then names the dataset. */
  readonly runId: string;
  readonly model: string;
  /** Artifact digest of the project definition. */
  readonly definition: string;
  /** A file's path or an object's address; null means the model's newest dataset, else the definition's own source. */
  readonly data: string | null;
  /** Null then means the definition's own source, whatever was there before. */
  readonly fresh?: boolean;
}

export interface IngestDatasetResult {
  readonly version: number;
  /** SHA-256 of the source's bytes. */
  readonly digest: string;
  readonly rows: number;
  readonly quarantined: number;
  /** Artifact digest of the validated table. */
  readonly table: string;
  /** Whether the same data under the same columns had not been there before the run. */
  readonly isNew: boolean;
}

/** validateDataset answers the artifact of a DataValidation. */
export interface ValidateDatasetInput {
  readonly model: string;
  /** A file's path, an object's address or an upload's (platform/uploads.ts). */
  readonly data: string;
}

/** What ingesting a source would say of it. */
export interface DataValidation {
  /** SHA-256 of the source's bytes. */
  readonly digest: string;
  /** rows + quarantined. */
  readonly sourceRows: number;
  readonly rows: number;
  readonly quarantined: number;
  /** Why it would not be taken; null where it would. */
  readonly reason: string | null;
  /** All that the definition looks at, in its order. */
  readonly columns: readonly string[];
  /** The first ones. */
  readonly violations: readonly {
    readonly row: number;
    readonly column: string;
    readonly value: string;
    readonly rule: string;
  }[];
  readonly violationCounts: readonly {
    readonly column: string;
    readonly kind: string;
    readonly count: number;
  }[];
  readonly ignoredColumns: readonly string[];
  /** Null where the source is no table. */
  readonly profile: Readonly<Record<string, unknown>> | null;
}

export interface ImportModelInput {
  /** Default: the installation's default model. */
  readonly model?: string;
  /** Artifact digest of the ONNX file as it came. */
  readonly file: string;
  /** What it was called, for the record. */
  readonly fileName?: string;
  /** What the version's trainer is called; default: imported. */
  readonly trainer?: string;
  /** Of an input that is one matrix, in their order; default: as the file, else the definition says. */
  readonly columns?: readonly string[];
  /** Default: the best on the training part of the data. */
  readonly threshold?: number;
  /** Artifact digest of a table with the columns and `probability`, as the file's own library answered. */
  readonly samples?: string;
  readonly samplesName?: string;
  /** A CSV or Parquet file the workers can read. Default: the model's newest dataset, else the definition's source. */
  readonly data?: string;
  /** Takes a file that answers slower than the bound. */
  readonly allowSlow?: boolean;
  readonly trigger?: string;
  /** Who it was, where that is known. */
  readonly actor?: string;
}

export interface ImportModelResult {
  readonly runId: string;
  readonly model: string;
  readonly version: number;
  /** The file was imported in this way before: the version is the one that it became then. */
  readonly existed: boolean;
  /** What the version would meet if it were to be promoted now. */
  readonly gate: readonly GateCheck[];
}

export interface PromoteModelInput {
  readonly model: string;
  readonly version: number;
  readonly alias?: 'production' | 'staging';
  /** Where the alias is believed to stand (null: nowhere yet); refused with a conflict where it is not. Left out: anywhere. */
  readonly expectedVersion?: number | null;
  /** How often the model's aliases are believed to have moved; refused with a conflict where one has moved since. */
  readonly expectedRevisions?: Readonly<Record<'production' | 'staging', number>>;
  readonly actor: string;
  readonly reason: string;
}

export interface PromoteModelResult {
  readonly model: string;
  readonly alias: 'production' | 'staging';
  readonly version: number;
  readonly previousVersion: number | null;
  /** Inference processes that reported the version loaded. */
  readonly loadedProcesses: number;
  /** ISO 8601; null where nothing moved. */
  readonly time: string | null;
  /** How often the model's aliases have moved by then; absent in promotions begun before it was told. */
  readonly revisions?: Readonly<Record<'production' | 'staging', number>>;
}

export interface ReportVersionsInput {
  /** Default: the installation's default model. */
  readonly model?: string;
  /** Default: all that have no report. */
  readonly versions?: readonly number[];
}

/** Answer of the query `progress` of trainModel. Folds under way are in the pending activities' heartbeat details. */
export interface TrainModelProgress {
  readonly model: string;
  readonly stage: string;
  readonly dataset: { version: number; digest: string; rows: number; quarantined: number } | null;
  readonly candidates: readonly CandidateProgress[];
}

export interface CandidateProgress {
  readonly trainer: string;
  readonly status: 'waiting' | 'training' | 'trained' | 'left out';
  /** Why it was left out. */
  readonly reason?: string;
  readonly foldsDone: number;
  readonly foldsTotal: number;
}

/** Heartbeat details of the activity trainCandidate: what is done, so that another attempt goes on from there. */
export interface TrainCandidateHeartbeat {
  readonly trainer: string;
  /** `trial/fold` → artifact digest of what a search found there; left out once it has ended, or where there is none. */
  readonly trials?: Readonly<Record<string, string>>;
  /** Artifact digest of the recipe that a search ended with; left out before, or where there is none. */
  readonly search?: string;
  /** Fold number → artifact digest of its out-of-fold result. */
  readonly folds: Readonly<Record<string, string>>;
  readonly foldsTotal: number;
  /** Seconds of training so far, over all attempts. */
  readonly seconds: number;
}

export interface TrackRunInput {
  readonly runId: string;
}

/** The signal that tells trackRun that the registry's rows of its run have changed. */
export const RUN_CHANGED = 'runChanged';
