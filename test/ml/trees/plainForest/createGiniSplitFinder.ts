import type { BinnedMatrix } from '../../../../ml/trainers/trees/BinnedMatrix.ts';
import { negativesOf, positivesOf } from './packedCounts.ts';

// The best cut of one feature at one node by Gini's impurity, on a histogram of the node's rows. Most nodes of a forest
// are far smaller than the histogram, so a bit a bin says which are in use, and nothing else is read or cleared.

export interface GiniNode {
  /** Its distinct rows are `rows[start..end)`, and `packed` their class counts, row by row of the whole matrix. */
  readonly rows: Int32Array;
  readonly packed: Float64Array;
  start: number;
  end: number;
  /** Packed class counts of all its rows. */
  total: number;
}

export interface GiniSplit {
  /** Squared class weights over weight, summed over both sides: the higher, the purer. */
  score: number;
  feature: number;
  /** Rows with `bin ≤ bin` go left. */
  bin: number;
  /** Packed class counts of the left side. */
  left: number;
}

export interface GiniSplitFinder {
  /**
   * Replaces `best` where this feature has a better cut.
   * @returns whether the feature tells the node's rows apart at all
   */
  improve(node: GiniNode, feature: number, best: GiniSplit): boolean;
}

export function createGiniSplitFinder(
  { rowCount, bins, thresholds }: BinnedMatrix,
  [negativeWeight, positiveWeight]: readonly [number, number],
  minimumSamplesLeaf: number,
): GiniSplitFinder {
  // All zero between calls.
  const sums = new Float64Array(256);
  const counts = new Int32Array(256);
  const used = new Int32Array(8);

  const purity = (packed: number): number => {
    const negatives = negativeWeight * negativesOf(packed);
    const positives = positiveWeight * positivesOf(packed);
    return (negatives * negatives + positives * positives) / (negatives + positives);
  };
  const consider = (feature: number, bin: number, left: number, total: number, best: GiniSplit): void => {
    const score = purity(left) + purity(total - left);
    if (score <= best.score) return;
    best.score = score;
    best.feature = feature;
    best.bin = bin;
    best.left = left;
  };

  const improveTwoBins = (node: GiniNode, feature: number, best: GiniSplit): boolean => {
    const { rows, packed, start, end, total } = node;
    const offset = feature * rowCount;
    let right = 0;
    let rightCount = 0;
    for (let place = start; place < end; place++) {
      const row = rows[place];
      const bin = bins[offset + row];
      right += bin * packed[row];
      rightCount += bin;
    }
    const leftCount = end - start - rightCount;
    if (leftCount >= minimumSamplesLeaf && rightCount >= minimumSamplesLeaf)
      consider(feature, 0, total - right, total, best);
    return leftCount > 0 && rightCount > 0;
  };

  const improveManyBins = (node: GiniNode, feature: number, best: GiniSplit): boolean => {
    const { rows, packed, start, end, total } = node;
    const offset = feature * rowCount;
    for (let place = start; place < end; place++) {
      const row = rows[place];
      const bin = bins[offset + row];
      if (counts[bin] === 0) used[bin >>> 5] |= 1 << (bin & 31);
      counts[bin] += 1;
      sums[bin] += packed[row];
    }
    const count = end - start;
    let left = 0;
    let leftCount = 0;
    let lower = -1;
    let binsInUse = 0;
    for (let word = 0; word < 8; word++) {
      let remaining = used[word];
      used[word] = 0;
      while (remaining !== 0) {
        const bin = (word << 5) + 31 - Math.clz32(remaining & -remaining);
        remaining &= remaining - 1;
        // Midway across the bins that this node does not hold, as an exact search would cut midway between two values.
        if (leftCount >= minimumSamplesLeaf && count - leftCount >= minimumSamplesLeaf)
          consider(feature, (lower + bin - 1) >> 1, left, total, best);
        left += sums[bin];
        leftCount += counts[bin];
        sums[bin] = 0;
        counts[bin] = 0;
        lower = bin;
        binsInUse += 1;
      }
    }
    return binsInUse > 1;
  };

  return {
    improve: (node, feature, best) =>
      thresholds[feature].length === 1
        ? improveTwoBins(node, feature, best)
        : improveManyBins(node, feature, best),
  };
}
