import type { PredictionKind } from '../predictions/Prediction.ts';
import type { RecordedOutcome } from './Outcome.ts';

/** What a list shows: a customer's newest submission, and its outcome as it is known now. */
export interface CustomerSummary {
  readonly model: string;
  readonly unitKey: string;
  readonly submissionCount: number;
  readonly submitTime: Date;
  readonly modelVersion: number;
  readonly probability: number;
  readonly label: string;
  /** Null where no experiment ran. */
  readonly experiment: string | null;
  readonly arm: string | null;
  /** Null while it is not known. */
  readonly outcome: string | null;
  readonly outcomeTime: Date | null;
}

export interface Submission {
  readonly predictionId: string;
  readonly at: Date;
  readonly features: Readonly<Record<string, unknown>>;
}

export interface CustomerPrediction {
  readonly id: string;
  readonly instance: number;
  readonly at: Date;
  readonly version: number;
  readonly kind: PredictionKind;
  readonly probability: number;
  readonly label: string;
  readonly threshold: number;
  readonly experiment: string | null;
  readonly arm: string | null;
}

export interface Customer {
  /** Null where nothing was submitted. */
  readonly summary: CustomerSummary | null;
  /** Newest first, as the lists that follow. */
  readonly submissions: readonly Submission[];
  readonly predictions: readonly CustomerPrediction[];
  readonly outcomes: readonly RecordedOutcome[];
}
