import type { Random } from '../../../../ml/random/createRandom.ts';
import type { BinnedMatrix } from '../../../../ml/trainers/trees/BinnedMatrix.ts';
import type { NodeTable } from '../../../../ml/trainers/trees/createNodeTable.ts';
import { partitionRows } from './partitionRows.ts';
import { createGiniSplitFinder, type GiniNode, type GiniSplit } from './createGiniSplitFinder.ts';
import { MAXIMUM_ROWS, negativesOf, packCount, positivesOf } from './packedCounts.ts';

// Grows one classification tree depth first from a bootstrap sample, with a stack of its own in place of recursion: an
// unlimited tree may be as deep as it has rows. A drawn row counts as often as it was drawn, but once towards
// minimumSamplesLeaf, as in scikit-learn.

export interface GiniTreeParameters {
  /** Of label 0 and of label 1. */
  readonly weights: readonly [number, number];
  readonly maximumDepth: number;
  readonly minimumSamplesLeaf: number;
  readonly featuresPerSplit: number;
}

export interface GiniTreeGrower {
  /** Appends a tree to the table. @param draws how often the sample holds each row */
  grow(draws: Int32Array, labels: Uint8Array, random: Random, table: NodeTable): void;
}

interface Waiting {
  readonly tableNode: number;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly total: number;
}

export function createGiniTreeGrower(binned: BinnedMatrix, parameters: GiniTreeParameters): GiniTreeGrower {
  const { rowCount, featureCount, columns, thresholds, bins } = binned;
  if (rowCount > MAXIMUM_ROWS)
    throw new RangeError(`${rowCount} rows; a forest takes at most ${MAXIMUM_ROWS}`);
  const { weights, maximumDepth, minimumSamplesLeaf, featuresPerSplit } = parameters;
  const [negativeWeight, positiveWeight] = weights;
  const finder = createGiniSplitFinder(binned, weights, minimumSamplesLeaf);
  const spare = new Int32Array(rowCount);
  const order = new Int32Array(featureCount);
  const node: GiniNode = {
    rows: new Int32Array(rowCount),
    packed: new Float64Array(rowCount),
    start: 0,
    end: 0,
    total: 0,
  };
  const best: GiniSplit = { score: 0, feature: -1, bin: -1, left: 0 };

  /** Looks at features drawn without replacement, and beyond their number while none so far tells the rows apart. */
  const search = (random: Random): boolean => {
    best.score = 0;
    let anyVaries = false;
    for (let drawn = 0; drawn < featureCount && (drawn < featuresPerSplit || !anyVaries); drawn++) {
      const chosen = drawn + random.below(featureCount - drawn);
      const feature = order[chosen];
      order[chosen] = order[drawn];
      order[drawn] = feature;
      if (finder.improve(node, feature, best)) anyVaries = true;
    }
    return best.score > 0;
  };

  const grow = (draws: Int32Array, labels: Uint8Array, random: Random, table: NodeTable): void => {
    const { rows, packed } = node;
    for (let feature = 0; feature < featureCount; feature++) order[feature] = feature;
    let drawnRows = 0;
    let sampleTotal = 0;
    for (let row = 0; row < rowCount; row++) {
      if (draws[row] === 0) continue;
      packed[row] = packCount(labels[row], draws[row]);
      sampleTotal += packed[row];
      rows[drawnRows++] = row;
    }
    const stack: Waiting[] = [
      { tableNode: table.addRoot(), start: 0, end: drawnRows, depth: 0, total: sampleTotal },
    ];
    for (let waiting = stack.pop(); waiting !== undefined; waiting = stack.pop()) {
      const { tableNode, start, end, depth, total } = waiting;
      const negatives = negativesOf(total);
      const positives = positivesOf(total);
      Object.assign(node, { start, end, total });
      const maySplit =
        negatives > 0 && positives > 0 && depth < maximumDepth && end - start >= 2 * minimumSamplesLeaf;
      if (!maySplit || !search(random)) {
        const positive = positives * positiveWeight;
        table.setValue(tableNode, positive / (positive + negatives * negativeWeight));
        continue;
      }
      const { feature, bin, left } = best;
      const middle = partitionRows(rows, start, end, bins, feature * rowCount, bin, spare);
      const leftNode = table.split(tableNode, columns[feature], thresholds[feature][bin]);
      stack.push(
        { tableNode: leftNode + 1, start: middle, end, depth: depth + 1, total: total - left },
        { tableNode: leftNode, start, end: middle, depth: depth + 1, total: left },
      );
    }
  };
  return { grow };
}
