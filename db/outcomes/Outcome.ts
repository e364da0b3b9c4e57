/** Whose outcome it is: a customer's by its key, or one instance's of a prediction. */
export type OutcomeSubject =
  | { readonly unitKey: string; readonly predictionId: null; readonly instance: null }
  | { readonly unitKey: null; readonly predictionId: string; readonly instance: number };

export type OutcomeReport = OutcomeSubject & {
  /** The label, in the words of the training table. */
  readonly outcome: string;
  readonly positive: boolean;
  /** Null: when it is recorded. */
  readonly observedAt: Date | null;
};

export interface RecordedOutcome {
  readonly unitKey: string | null;
  readonly predictionId: string | null;
  readonly instance: number | null;
  /** 1, 2, … of the customer, or of the prediction. */
  readonly revision: number;
  readonly outcome: string;
  readonly positive: boolean;
  readonly observedAt: Date;
  readonly recordedAt: Date;
  readonly actor: string;
}
