import type { Prediction, PredictionKind } from '../../db/predictions/Prediction.ts';

// What is kept of one call, column by column, and how a spool holds it: a JSON array without names, for it is written on the
// hot path. Its order is format 1; another order needs another number.

export interface PredictedCall {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly model: string;
  readonly version: number;
  readonly threshold: number;
  readonly kind: PredictionKind;
  readonly experiment: string | null;
  readonly arm: string | null;
  /** One an instance, as the lists that follow. */
  readonly unitKeys: readonly (string | null)[];
  readonly probabilities: readonly number[];
  readonly labels: readonly string[];
  /** Of a submitted customer. */
  readonly features: Readonly<Record<string, unknown>> | null;
}

const FORMAT = 1;

type Row = readonly [
  id: string,
  at: number,
  model: string,
  version: number,
  threshold: number,
  kind: PredictionKind,
  experiment: string | null,
  arm: string | null,
  unitKeys: readonly (string | null)[],
  probabilities: readonly number[],
  labels: readonly string[],
  features: Readonly<Record<string, unknown>> | null,
];

/** Several calls as the payload of one frame. */
export const encodeCalls = (calls: readonly PredictedCall[]): string =>
  JSON.stringify([
    FORMAT,
    calls.map(
      (call): Row => [
        call.id,
        call.at,
        call.model,
        call.version,
        call.threshold,
        call.kind,
        call.experiment,
        call.arm,
        call.unitKeys,
        call.probabilities,
        call.labels,
        call.features,
      ],
    ),
  ]);

/** The predictions of a payload, a row an instance. @throws Error where another program's spool has another format */
export function decodePredictions(payload: string): Prediction[] {
  const [format, rows]: [number, readonly Row[]] = JSON.parse(payload);
  if (format !== FORMAT)
    throw new Error(`The spool has format ${format}; this program reads format ${FORMAT}.`);
  return rows.flatMap(
    ([id, at, model, version, threshold, kind, experiment, arm, unitKeys, probabilities, labels, features]) =>
      probabilities.map((probability, instance) => ({
        id,
        instance,
        at,
        model,
        version,
        unitKey: unitKeys[instance],
        kind,
        experiment,
        arm,
        probability,
        label: labels[instance],
        threshold,
        features,
      })),
  );
}
