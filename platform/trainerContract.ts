// What a trainer in any language is asked, and what it returns (docs/trainers.md): the names on the wire, so that they never
// change but with the contract's number.

/** The activity that a trainer's worker registers. */
export const TRAINER_ACTIVITY = 'trainForHoldfast';

const ACTIVITY_ID_START = 'train-';

/** By which a pending activity tells whose candidate it is. */
export const trainerActivityId = (trainer: string): string => `${ACTIVITY_ID_START}${trainer}`;

/** Null where the activity is none of trainerActivityId's. */
export const trainerOfActivity = (activityId: string): string | null =>
  activityId.startsWith(ACTIVITY_ID_START) ? activityId.slice(ACTIVITY_ID_START.length) : null;

interface HandedFile {
  /** `file:` and an absolute path. */
  readonly uri: string;
  /** SHA-256, in lower-case hexadecimal. */
  readonly digest: string;
}

export interface TrainerRequest {
  readonly contract: 1;
  readonly model: string;
  readonly trainer: string;
  readonly dataset: HandedFile & { readonly rows: number; readonly format: 'csv' };
  readonly folds: HandedFile & { readonly count: number; readonly format: 'csv' };
  readonly columns: readonly {
    readonly name: string;
    readonly kind: 'number' | 'category';
    readonly missing: 'reject' | 'impute';
  }[];
  readonly label: { readonly column: string; readonly positive: string; readonly negative: string };
  readonly seed: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The folder to write to. */
  readonly output: string;
}

/** As a well-behaved trainer answers; what came is checked before it is believed. */
export type TrainerActivities = {
  readonly [TRAINER_ACTIVITY]: (request: TrainerRequest) => Promise<unknown>;
};
