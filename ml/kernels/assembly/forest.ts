// One classification tree of a random forest, from the bootstrap sample to the leaves. What decides about a row (how often it was drawn,
// and its label) travels beside its number, so that a node's rows are read in order. Class counts are whole numbers, two in one
// 64-bit integer: positives in the lower half, negatives above them.

/** What does not change from tree to tree, at one place of the memory (see createForestGrower.ts, which writes it). */
@unmanaged
class GiniPlan {
  /** Of label 0 and of label 1. */
  negativeWeight: f64;
  positiveWeight: f64;
  /** One byte a row, feature after feature. */
  bins: usize;
  labels: usize;
  /** The highest bin of each feature. */
  lastBins: usize;
  rowCount: u32;
  featureCount: u32;
  featuresPerSplit: u32;
  minimumSamplesLeaf: u32;
  maximumDepth: u32;
}

/** sfc32, see ml/random/createRandom.ts: the same sequence. */
@unmanaged
class RandomState {
  a: u32;
  b: u32;
  c: u32;
  counter: u32;
}

/** The best cut of a node so far. */
@unmanaged
class GiniSplit {
  score: f64;
  /** Class counts of the left side. */
  left: u64;
  feature: u32;
  /** Rows with a bin up to it go left. */
  bin: u32;
}

/** A node that waits for its turn. */
@unmanaged
class Waiting {
  total: u64;
  node: u32;
  start: u32;
  end: u32;
  depth: u32;
}

/** A finished one: where `feature` is −1 a leaf of that value, else the place of its left child, which the right one follows. */
@unmanaged
class GrownNode {
  feature: i32;
  bin: u32;
  valueOrLeft: f64;
}

/** From so many rows on, all cells of a feature are looked at; below, those that a bit says are in use. */
const MANY_ROWS: u32 = 256;

function bits(state: RandomState): u32 {
  const sum = state.a + state.b + state.counter;
  state.counter += 1;
  state.a = state.b ^ (state.b >> 9);
  state.b = state.c + (state.c << 3);
  state.c = rotl<u32>(state.c, 21) + sum;
  return sum;
}

function below(state: RandomState, limit: u32): u32 {
  return <u32>((<f64>bits(state) / 4294967296.0) * <f64>limit);
}

function purity(plan: GiniPlan, counts: u64): f64 {
  const negatives = plan.negativeWeight * <f64>(counts >> 32);
  const positives = plan.positiveWeight * <f64>(<u32>counts);
  return (negatives * negatives + positives * positives) / (negatives + positives);
}

function consider(plan: GiniPlan, best: GiniSplit, feature: u32, bin: u32, left: u64, total: u64): void {
  const score = purity(plan, left) + purity(plan, total - left);
  if (score <= best.score) return;
  best.score = score;
  best.feature = feature;
  best.bin = bin;
  best.left = left;
}

/** A row's entry as its class counts, and 1 for the row itself. */
function countsOf(entry: u64): v128 {
  const drawn = entry >> 33;
  const isNegative = ((entry >> 32) & 1) ^ 1;
  return i64x2(drawn << (isNegative << 5), 1);
}

/**
 * Replaces `best` where this feature has a better cut of the rows at `from` to `to`.
 * @param cells 256 of 16 bytes, all zero before and after
 * @param used 256 bits, all zero before and after
 * @returns whether the feature tells the rows apart at all
 */
function improve(
  plan: GiniPlan,
  best: GiniSplit,
  feature: u32,
  from: usize,
  to: usize,
  total: u64,
  cells: usize,
  used: usize,
): bool {
  const bins = plan.bins + <usize>feature * plan.rowCount;
  const count = <u32>((to - from) >> 3);
  const minimum = plan.minimumSamplesLeaf;
  const lastBin = load<u32>(plan.lastBins + ((<usize>feature) << 2));
  if (lastBin == 1) {
    let right = i64x2.splat(0);
    for (let at = from; at < to; at += 8) {
      const entry = load<u64>(at);
      const mask = i64x2.splat(-(<i64>load<u8>(bins + <u32>entry)));
      right = i64x2.add(right, v128.and(countsOf(entry), mask));
    }
    const rightCount = <u32>i64x2.extract_lane(right, 1);
    const leftCount = count - rightCount;
    if (leftCount >= minimum && rightCount >= minimum)
      consider(plan, best, feature, 0, total - <u64>i64x2.extract_lane(right, 0), total);
    return leftCount > 0 && rightCount > 0;
  }
  const all = count >= MANY_ROWS;
  if (all)
    for (let at = from; at < to; at += 8) {
      const entry = load<u64>(at);
      const cell = cells + ((<usize>load<u8>(bins + <u32>entry)) << 4);
      v128.store(cell, i64x2.add(v128.load(cell), countsOf(entry)));
    }
  else
    for (let at = from; at < to; at += 8) {
      const entry = load<u64>(at);
      const bin = <usize>load<u8>(bins + <u32>entry);
      const cell = cells + (bin << 4);
      v128.store(cell, i64x2.add(v128.load(cell), countsOf(entry)));
      const word = used + ((bin >> 6) << 3);
      store<u64>(word, load<u64>(word) | ((<u64>1) << (bin & 63)));
    }
  let left: u64 = 0;
  let leftCount: u32 = 0;
  let lower: i32 = -1;
  let inUse: u32 = 0;
  for (let word: u32 = 0; word <= lastBin >> 6; word++) {
    const place = used + ((<usize>word) << 3);
    let remaining = all ? ~(<u64>0) : load<u64>(place);
    store<u64>(place, 0);
    for (; remaining != 0; remaining &= remaining - 1) {
      const bin = (word << 6) + <u32>ctz(remaining);
      if (bin > lastBin) break;
      const cell = cells + ((<usize>bin) << 4);
      const rows = <u32>load<u64>(cell, 8);
      if (rows == 0) continue;
      // Midway across the bins that this node does not hold, as an exact search would cut midway between two values.
      if (leftCount >= minimum && count - leftCount >= minimum)
        consider(plan, best, feature, <u32>((lower + <i32>bin - 1) >> 1), left, total);
      left += load<u64>(cell);
      leftCount += rows;
      v128.store(cell, i64x2.splat(0));
      lower = <i32>bin;
      inUse += 1;
    }
  }
  return inUse > 1;
}

/** Parts the rows at `from` to `to`, keeping each side's order. @returns where the right side begins */
function partEntries(bins: usize, lastLeft: u32, from: usize, to: usize, spare: usize): usize {
  let left = from;
  let right = spare;
  for (let at = from; at < to; at += 8) {
    const entry = load<u64>(at);
    // Both sides are written and one place moves on: without a branch, since the processor could not foresee it.
    const goesRight = <usize>(<u32>load<u8>(bins + <u32>entry) > lastLeft);
    store<u64>(left, entry);
    store<u64>(right, entry);
    left += (1 - goesRight) << 3;
    right += goesRight << 3;
  }
  memory.copy(left, spare, right - spare);
  return left;
}

/**
 * Draws as many rows as there are, with replacement: how often each was drawn.
 * @param random where the tree's chance goes on afterwards
 * @param draws four bytes a row
 */
export function drawSample(rowCount: u32, seed: u32, random: usize, draws: usize): void {
  const state = changetype<RandomState>(random);
  state.a = 0x9e3779b9;
  state.b = 0x243f6a88;
  state.c = seed;
  state.counter = 1;
  for (let warmUp = 0; warmUp < 16; warmUp++) bits(state);
  memory.fill(draws, 0, (<usize>rowCount) << 2);
  for (let draw: u32 = 0; draw < rowCount; draw++) {
    const at = draws + ((<usize>below(state, rowCount)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Lays down an entry for each row that was drawn. @returns the end of the entries */
function layEntries(plan: GiniPlan, draws: usize, entries: usize): usize {
  const labels = plan.labels;
  const rowCount = plan.rowCount;
  let end = entries;
  for (let row: u32 = 0; row < rowCount; row++) {
    const drawn = <u64>load<u32>(draws + ((<usize>row) << 2));
    if (drawn == 0) continue;
    store<u64>(end, (drawn << 33) | ((<u64>load<u8>(labels + row)) << 32) | <u64>row);
    end += 8;
  }
  return end;
}

/**
 * Grows one tree, depth first, with a stack of its own: an unlimited tree may be as deep as it has rows. A drawn row counts as often as
 * it was drawn, but once towards minimumSamplesLeaf, as in scikit-learn.
 * @param randomAt as drawSample left it
 * @param draws how often each row was drawn; may be the place of `spare`
 * @param cells 4096 + 64 bytes, all zero before and after but for the last 32
 * @param order four bytes a feature
 * @param entries eight bytes a row; `spare` likewise
 * @param stack 24 bytes for each node that may wait at a time
 * @param nodes eight bytes for the number of nodes, which come behind it, 16 bytes each
 */
export function growGiniTree(
  planAt: usize,
  randomAt: usize,
  draws: usize,
  cells: usize,
  order: usize,
  entries: usize,
  spare: usize,
  stack: usize,
  nodes: usize,
): void {
  const plan = changetype<GiniPlan>(planAt);
  const random = changetype<RandomState>(randomAt);
  const featureCount = plan.featureCount;
  const used = cells + 4096;
  const best = changetype<GiniSplit>(used + 32);
  const end = layEntries(plan, draws, entries);
  for (let feature: u32 = 0; feature < featureCount; feature++)
    store<u32>(order + ((<usize>feature) << 2), feature);
  let sums = i64x2.splat(0);
  for (let at = entries; at < end; at += 8) sums = i64x2.add(sums, countsOf(load<u64>(at)));
  const root = changetype<Waiting>(stack);
  root.total = <u64>i64x2.extract_lane(sums, 0);
  root.node = 0;
  root.start = 0;
  root.end = <u32>((end - entries) >> 3);
  root.depth = 0;
  let nodeCount: u32 = 1;
  let top = stack;
  while (top >= stack) {
    const waiting = changetype<Waiting>(top);
    top -= 24;
    const total = waiting.total;
    const start = waiting.start;
    const last = waiting.end;
    const depth = waiting.depth;
    const grown = changetype<GrownNode>(nodes + 8 + ((<usize>waiting.node) << 4));
    const from = entries + ((<usize>start) << 3);
    const to = entries + ((<usize>last) << 3);
    const negatives = <u32>(total >> 32);
    const positives = <u32>total;
    best.score = 0;
    if (
      negatives > 0 &&
      positives > 0 &&
      depth < plan.maximumDepth &&
      last - start >= 2 * plan.minimumSamplesLeaf
    ) {
      // Features drawn without replacement, and beyond their number while none so far tells the rows apart.
      let varies = false;
      for (let drawn: u32 = 0; drawn < featureCount && (drawn < plan.featuresPerSplit || !varies); drawn++) {
        const chosen = order + ((<usize>(drawn + below(random, featureCount - drawn))) << 2);
        const present = order + ((<usize>drawn) << 2);
        const feature = load<u32>(chosen);
        store<u32>(chosen, load<u32>(present));
        store<u32>(present, feature);
        if (improve(plan, best, feature, from, to, total, cells, used)) varies = true;
      }
    }
    if (best.score == 0) {
      const positive = <f64>positives * plan.positiveWeight;
      grown.feature = -1;
      grown.valueOrLeft = positive / (positive + <f64>negatives * plan.negativeWeight);
      continue;
    }
    const bins = plan.bins + <usize>best.feature * plan.rowCount;
    const middle = start + <u32>((partEntries(bins, best.bin, from, to, spare) - from) >> 3);
    grown.feature = <i32>best.feature;
    grown.bin = best.bin;
    grown.valueOrLeft = <f64>nodeCount;
    const right = changetype<Waiting>(top + 24);
    right.total = total - best.left;
    right.node = nodeCount + 1;
    right.start = middle;
    right.end = last;
    right.depth = depth + 1;
    const left = changetype<Waiting>(top + 48);
    left.total = best.left;
    left.node = nodeCount;
    left.start = start;
    left.end = middle;
    left.depth = depth + 1;
    top += 48;
    nodeCount += 2;
  }
  store<u32>(nodes, nodeCount);
}
