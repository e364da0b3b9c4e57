import type { KernelMemory } from '../../kernels/withKernelMemory.ts';
import type { BinnedMatrix } from '../trees/BinnedMatrix.ts';

// The columns that histograms are built over. A feature of many bins is a column of its own. Features of two bins of which
// no row has two at once (the levels of one category, say) share a column: value s says that feature with slot s is above
// its threshold, 0 that none is. A table of one-hot columns then costs no more than the table it came from. This is the
// exclusive feature bundling of LightGBM (Ke et al. 2017, section 4) without its tolerance for conflicts.

export interface HistogramLayout {
  readonly binned: BinnedMatrix;
  readonly columnCount: number;
  /** In the kernels' memory: column-major, one byte a row. */
  readonly bins: Uint8Array;
  /** First histogram cell of each column, and at the end the number of all cells. */
  readonly starts: Int32Array;
  /** The column of each feature. */
  readonly columnOf: Int32Array;
  /** The feature's value in a shared column; 0 where the column is its own. */
  readonly slotOf: Int32Array;
}

/** A shared column holds one byte a row, of which 0 means none. */
const MAXIMUM_SLOTS = 255;

export function layOutHistograms(memory: KernelMemory, binned: BinnedMatrix): HistogramLayout {
  const { rowCount, featureCount, thresholds } = binned;
  const columnOf = new Int32Array(featureCount);
  const slotOf = new Int32Array(featureCount);
  const sizes: number[] = [];
  const shared: { readonly column: number; readonly taken: Uint32Array; slots: number }[] = [];
  for (let feature = 0; feature < featureCount; feature++) {
    if (thresholds[feature].length > 1) {
      columnOf[feature] = sizes.push(thresholds[feature].length + 1) - 1;
      continue;
    }
    const members = membersOf(binned, feature);
    let home = shared.find(({ taken, slots }) => slots < MAXIMUM_SLOTS && areDisjoint(taken, members));
    if (home === undefined) {
      home = { column: sizes.push(1) - 1, taken: new Uint32Array(members.length), slots: 0 };
      shared.push(home);
    }
    for (let word = 0; word < members.length; word++) home.taken[word] |= members[word];
    home.slots += 1;
    sizes[home.column] += 1;
    columnOf[feature] = home.column;
    slotOf[feature] = home.slots;
  }
  const starts = new Int32Array(sizes.length + 1);
  for (let column = 0; column < sizes.length; column++) starts[column + 1] = starts[column] + sizes[column];
  const layout = { binned, columnCount: sizes.length, starts, columnOf, slotOf };
  // Nothing is shared: the columns are the features.
  if (sizes.length === featureCount) return { ...layout, bins: binned.bins, slotOf: slotOf.fill(0) };
  const bins = memory.uint8(rowCount * sizes.length);
  for (let feature = 0; feature < featureCount; feature++) {
    const from = feature * rowCount;
    const to = columnOf[feature] * rowCount;
    const slot = slotOf[feature] === 0 ? 1 : slotOf[feature];
    // Members of a shared column are never 1 in the same row, so adding sets.
    for (let row = 0; row < rowCount; row++) bins[to + row] += slot * binned.bins[from + row];
  }
  return { ...layout, bins };
}

/** One bit a row: whether the feature is above its threshold. */
function membersOf({ bins, rowCount }: BinnedMatrix, feature: number): Uint32Array {
  const members = new Uint32Array((rowCount + 31) >>> 5);
  const start = feature * rowCount;
  for (let row = 0; row < rowCount; row++) members[row >>> 5] |= bins[start + row] << (row & 31);
  return members;
}

function areDisjoint(taken: Uint32Array, members: Uint32Array): boolean {
  for (let word = 0; word < taken.length; word++) if ((taken[word] & members[word]) !== 0) return false;
  return true;
}
