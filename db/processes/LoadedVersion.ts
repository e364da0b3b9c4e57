export const loadStates = ['ready', 'failed'] as const;
export type LoadState = (typeof loadStates)[number];

/** How long a process counts as live after its last report. */
export const LIVE_WITHIN_MS = 15_000;

/** What one inference process says of one model: the version it took last, and whether it serves it. */
export interface LoadedVersion {
  readonly model: string;
  readonly version: number;
  readonly digest: string;
  readonly state: LoadState;
  /** Why it could not be loaded; null exactly where the state is ready. */
  readonly error: string | null;
}

/** A live inference process, and what it says of the model that was asked about. */
export interface LiveProcess {
  readonly processId: string;
  readonly reportedAt: Date;
  /** Null where it has neither loaded nor failed to load any version of the model. */
  readonly loaded: (LoadedVersion & { readonly loadedAt: Date }) | null;
}
