import type { Table } from '../dataset/Table.ts';
import { rocAuc } from '../evaluation/rocAuc.ts';
import { aucVariance } from '../statistics/aucVariance.ts';
import { holm } from '../statistics/holm.ts';
import { twoSided } from '../statistics/normalTail.ts';
import { type Slice, sliceRows } from './sliceRows.ts';

// A model by parts of the customers. With many parts some differ by chance: a slice is flagged only where a test says so after
// correction for all the tests that were made.

export const sliceTests = ['calibration', 'falseNegativeRate', 'rocAuc'] as const;
export type SliceTest = (typeof sliceTests)[number];

/** Below it the figures are shown, but nothing is tested: the tests hold for large numbers only. */
export const minimumTested = 10;
export const sliceLevel = 0.05;

export interface SliceMetrics {
  readonly column: string;
  readonly slice: string;
  readonly rows: number;
  readonly positives: number;
  /** Share of positive rows. */
  readonly rate: number;
  readonly meanProbability: number;
  /** Null where the slice lacks a class. */
  readonly rocAuc: number | null;
  readonly falseNegatives: number;
  /** Of the positive rows; null where there is none. */
  readonly falseNegativeRate: number | null;
  /** Holm-adjusted p-values of the tests that could be made. */
  readonly adjustedP: Readonly<Partial<Record<SliceTest, number>>>;
  /** The tests whose adjusted p-value is below 5 %. */
  readonly flags: readonly SliceTest[];
}

interface Predictions {
  readonly labels: Uint8Array;
  readonly probabilities: Float64Array;
  readonly threshold: number;
}

/** By each level, and each quarter, of the columns named. */
export function sliceMetrics(
  table: Table,
  columns: readonly string[],
  probabilities: Float64Array,
  threshold: number,
): SliceMetrics[] {
  const whole = { labels: table.labels, probabilities, threshold };
  const measured = sliceRows(table, columns).map(slice => measure(slice, whole));
  const tests = measured.flatMap(({ pValues }, place) =>
    sliceTests.flatMap(test => {
      const p = pValues[test];
      return p === undefined ? [] : [{ place, test, p }];
    }),
  );
  const adjusted = holm(tests.map(({ p }) => p));
  return measured.map(({ figures }, place) => {
    const own = tests.flatMap(({ place: of, test }, index) =>
      of === place ? [[test, adjusted[index]] as const] : [],
    );
    return {
      ...figures,
      adjustedP: Object.fromEntries(own),
      flags: own.filter(([, p]) => p < sliceLevel).map(([test]) => test),
    };
  });
}

function measure(slice: Slice, whole: Predictions) {
  const inside = new Uint8Array(whole.labels.length);
  for (const row of slice.rows) inside[row] = 1;
  const part = restrict(whole, row => inside[row] === 1);
  const rest = restrict(whole, row => inside[row] === 0);
  const { positives, falseNegatives } = missed(part);
  const rows = part.labels.length;
  const sum = part.probabilities.reduce((total, probability) => total + probability, 0);
  return {
    figures: {
      column: slice.column,
      slice: slice.name,
      rows,
      positives,
      rate: positives / rows,
      meanProbability: sum / rows,
      rocAuc: positives > 0 && positives < rows ? rocAuc(part.labels, part.probabilities) : null,
      falseNegatives,
      falseNegativeRate: positives > 0 ? falseNegatives / positives : null,
    },
    pValues: {
      calibration: calibrationP(part),
      falseNegativeRate: falseNegativesP(part, rest),
      rocAuc: rocAucP(part, rest),
    } satisfies Record<SliceTest, number | undefined>,
  };
}

function restrict(
  { labels, probabilities, threshold }: Predictions,
  holds: (row: number) => boolean,
): Predictions {
  const kept = (_: number, row: number): boolean => holds(row);
  return { labels: labels.filter(kept), probabilities: probabilities.filter(kept), threshold };
}

function missed({ labels, probabilities, threshold }: Predictions) {
  let positives = 0;
  let falseNegatives = 0;
  for (let row = 0; row < labels.length; row++) {
    positives += labels[row];
    if (labels[row] === 1 && probabilities[row] < threshold) falseNegatives++;
  }
  return { positives, falseNegatives };
}

/** Whether as many rows are positive as the probabilities say: (Σy − Σp)² against Σp(1 − p) (Cox 1958, in the large). */
function calibrationP({ labels, probabilities }: Predictions): number | undefined {
  let excess = 0;
  let variance = 0;
  for (let row = 0; row < labels.length; row++) {
    excess += labels[row] - probabilities[row];
    variance += probabilities[row] * (1 - probabilities[row]);
  }
  return variance < minimumTested / 2 ? undefined : twoSided(excess / Math.sqrt(variance));
}

/** Whether the slice's positive rows are missed as often as all others' (two shares, pooled variance). */
function falseNegativesP(part: Predictions, rest: Predictions): number | undefined {
  const [one, other] = [missed(part), missed(rest)];
  if (one.positives < minimumTested || other.positives < minimumTested) return undefined;
  const pooled = (one.falseNegatives + other.falseNegatives) / (one.positives + other.positives);
  const variance = pooled * (1 - pooled) * (1 / one.positives + 1 / other.positives);
  if (variance === 0) return undefined;
  const difference = one.falseNegatives / one.positives - other.falseNegatives / other.positives;
  return twoSided(difference / Math.sqrt(variance));
}

/** Whether the slice is ranked as well as all others: two independent areas with DeLong's variances. */
function rocAucP(part: Predictions, rest: Predictions): number | undefined {
  for (const { labels } of [part, rest]) {
    const positives = labels.reduce((sum, label) => sum + label, 0);
    if (Math.min(positives, labels.length - positives) < minimumTested) return undefined;
  }
  const variance =
    aucVariance(part.labels, part.probabilities) + aucVariance(rest.labels, rest.probabilities);
  if (!(variance > 0)) return undefined;
  const difference = rocAuc(part.labels, part.probabilities) - rocAuc(rest.labels, rest.probabilities);
  return twoSided(difference / Math.sqrt(variance));
}
