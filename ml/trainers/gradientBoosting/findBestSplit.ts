import type { Histogram } from './buildHistogram.ts';
import type { HistogramLayout } from './layOutHistograms.ts';

// The best cut of one node by its histogram: the gain of Newton's step, as in scikit-learn's splitting.pyx and XGBoost
// (Chen & Guestrin 2016, equation 7, without γ). Among equal gains the first feature and the lowest bin win.

export interface SplitRules {
  readonly minimumSamplesLeaf: number;
  readonly l2: number;
}

/** What a node's rows sum to. */
export interface NodeSums {
  gradient: number;
  hessian: number;
  count: number;
}

/** Where `gain` is 0 there is no split, and the rest means nothing. Rows with `bin ≤ bin` of the feature go left. */
export interface Split {
  gain: number;
  feature: number;
  bin: number;
  readonly left: NodeSums;
}

export const createSplit = (): Split => ({
  gain: 0,
  feature: -1,
  bin: -1,
  left: { gradient: 0, hessian: 0, count: 0 },
});

/** scikit-learn's floor for every leaf: below it, a Newton step divides by next to nothing. */
export const MINIMUM_HESSIAN = 1e-3;

/** Twice the loss that a node's optimal value saves. */
const score = (gradient: number, hessian: number, l2: number): number =>
  (gradient * gradient) / (hessian + l2);

/** Writes the best split of the node into `best`. */
export function findBestSplit(
  layout: HistogramLayout,
  { sums, counts }: Histogram,
  node: NodeSums,
  { minimumSamplesLeaf, l2 }: SplitRules,
  best: Split,
): void {
  const { binned, starts, columnOf, slotOf } = layout;
  const { gradient, hessian, count } = node;
  const nodeScore = score(gradient, hessian, l2);
  // A gain within the rounding of the scores is none: without this a node of equal rows would be cut at random.
  const minimumGain = 1e-12 * nodeScore;
  let bestScore = nodeScore + minimumGain;
  best.gain = 0;
  for (let feature = 0; feature < binned.featureCount; feature++) {
    const column = columnOf[feature];
    const slot = slotOf[feature];
    if (slot > 0) {
      const cell = starts[column] + slot;
      const leftCount = count - counts[cell];
      const leftHessian = hessian - sums[2 * cell + 1];
      if (leftCount < minimumSamplesLeaf || counts[cell] < minimumSamplesLeaf) continue;
      if (leftHessian < MINIMUM_HESSIAN || hessian - leftHessian < MINIMUM_HESSIAN) continue;
      const leftGradient = gradient - sums[2 * cell];
      const splitScore =
        score(leftGradient, leftHessian, l2) + score(gradient - leftGradient, hessian - leftHessian, l2);
      if (splitScore > bestScore) {
        bestScore = splitScore;
        record(best, splitScore - nodeScore, feature, 0, leftGradient, leftHessian, leftCount);
      }
      continue;
    }
    let leftGradient = 0;
    let leftHessian = 0;
    let leftCount = 0;
    const first = starts[column];
    const last = starts[column + 1] - 1;
    for (let cell = first; cell < last; cell++) {
      // An empty bin repeats the cut before it.
      if (counts[cell] === 0) continue;
      leftGradient += sums[2 * cell];
      leftHessian += sums[2 * cell + 1];
      leftCount += counts[cell];
      if (leftCount < minimumSamplesLeaf || leftHessian < MINIMUM_HESSIAN) continue;
      if (count - leftCount < minimumSamplesLeaf || hessian - leftHessian < MINIMUM_HESSIAN) break;
      const splitScore =
        score(leftGradient, leftHessian, l2) + score(gradient - leftGradient, hessian - leftHessian, l2);
      if (splitScore > bestScore) {
        bestScore = splitScore;
        record(best, splitScore - nodeScore, feature, cell - first, leftGradient, leftHessian, leftCount);
      }
    }
  }
}

function record(
  best: Split,
  gain: number,
  feature: number,
  bin: number,
  gradient: number,
  hessian: number,
  count: number,
): void {
  best.gain = gain;
  best.feature = feature;
  best.bin = bin;
  best.left.gradient = gradient;
  best.left.hessian = hessian;
  best.left.count = count;
}
