/**
 * Why a version answered: an ordinary answer; in place of an arm that could not be loaded; because a test asked for the arm;
 * or nobody was told, for it is the shadow arm's.
 */
export const predictionKinds = ['answer', 'fallback', 'override', 'shadow'] as const;
export type PredictionKind = (typeof predictionKinds)[number];

/** One prediction as it is kept. An answer to a unit of an experiment is also the unit's exposure to the arm. */
export interface Prediction {
  /** Of the call: a UUID. */
  readonly id: string;
  /** The place of the instance in the call, from 0. */
  readonly instance: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly model: string;
  readonly version: number;
  readonly unitKey: string | null;
  readonly kind: PredictionKind;
  readonly experiment: string | null;
  readonly arm: string | null;
  readonly probability: number;
  readonly label: string;
  readonly threshold: number;
  /** Only of a submitted customer: kept as a production row. */
  readonly features: Readonly<Record<string, unknown>> | null;
}
