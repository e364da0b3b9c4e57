import type { Offer } from '../definition/ProjectDefinition.ts';
import { type CumulativeCounts, cumulativeCounts } from '../evaluation/cumulativeCounts.ts';
import { offerProfit } from '../evaluation/offerProfit.ts';

// Every curve of a report is read from one ranking of the rows. A point of a curve is a threshold: everything at or above it is
// answered positive. Curves of many points are thinned evenly; the figures beside them are taken from all.

export interface ThresholdPoint {
  readonly threshold: number;
  /** Share of the rows answered positive. */
  readonly answeredShare: number;
  /** Recall. */
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
  readonly precision: number;
  readonly f1: number;
  /** A customer, over all customers; only where it is known what an offer costs and brings. */
  readonly profit?: number;
}

export const curvePoints = 200;

/** @throws RangeError as cumulativeCounts */
export function thresholdPoints(
  labels: Uint8Array,
  probabilities: Float64Array,
  offer?: Offer,
): ThresholdPoint[] {
  const counts = cumulativeCounts(labels, probabilities);
  return evenly(counts.probabilities.length, curvePoints).map(step => pointAt(counts, step, offer));
}

function pointAt(counts: CumulativeCounts, step: number, offer: Offer | undefined): ThresholdPoint {
  const { positives, negatives } = counts;
  const reached = { truePositives: counts.truePositives[step], falsePositives: counts.falsePositives[step] };
  const answered = reached.truePositives + reached.falsePositives;
  const rows = positives + negatives;
  return {
    threshold: counts.probabilities[step],
    answeredShare: answered / rows,
    truePositiveRate: positives === 0 ? 0 : reached.truePositives / positives,
    falsePositiveRate: negatives === 0 ? 0 : reached.falsePositives / negatives,
    precision: reached.truePositives / answered,
    f1: (2 * reached.truePositives) / (answered + positives),
    ...(offer === undefined ? {} : { profit: offerProfit(offer, reached) / rows }),
  };
}

/** At most so many of the whole numbers below `count`, the first and the last among them. */
function evenly(count: number, limit: number): number[] {
  if (count <= limit) return Array.from({ length: count }, (_, step) => step);
  return Array.from({ length: limit }, (_, place) => Math.round((place * (count - 1)) / (limit - 1)));
}
