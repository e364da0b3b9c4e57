import { exponentialOfNegative, sigmoid } from './sigmoid';

// The steps of growing a boosted tree. A histogram cell is two 64-bit integers side by side, updated by one instruction: the sum of
// the gradients in their unit, and above `countBits` bits the sum of the hessians in theirs, with the number of rows below.
// Integers have no rounding: no order of rows, no number of threads changes a bit, and a child's cells are exactly what
// remains of its parent's.

/** What does not change from step to step, at one place of the memory (see planMemory.ts, which writes it). */
@unmanaged
class Plan {
  l2: f64;
  gradientUnit: f64;
  hessianUnit: f64;
  /** One byte a row, column after column. */
  bins: usize;
  rowCount: u32;
  /** First cell of each histogram column, and at the end the number of all cells. */
  starts: usize;
  featureCount: u32;
  /** The histogram column of each feature, and its value in a shared one, else 0. */
  columnOf: usize;
  slotOf: usize;
  minimumSamplesLeaf: u32;
  countBits: u32;
}

/** Where a search leaves the best split of a node; read by readSplit.ts. */
@unmanaged
class Found {
  score: f64;
  leftGradient: f64;
  leftHessian: f64;
  leftCount: u32;
  feature: i32;
  bin: u32;
}

const MINIMUM_HESSIAN: f64 = 1e-3;

/**
 * Both derivatives of the log-loss of rows `from` to `to` by their raw scores, in whole units, side by side; and every row at its
 * own place. `from` is even.
 * @param gradientsPerUnit 1 / unit, a power of two; hessians likewise
 */
export function beginTree(
  scores: usize,
  labels: usize,
  from: u32,
  to: u32,
  negativeWeight: f64,
  positiveWeight: f64,
  gradientsPerUnit: f64,
  hessiansPerUnit: f64,
  derivatives: usize,
  rows: usize,
): void {
  const one = f64x2.splat(1);
  const gradientScale = f64x2.splat(gradientsPerUnit);
  const hessianScale = f64x2.splat(hessiansPerUnit);
  for (let row: usize = from; row < to; row += 2) {
    const z = v128.load(scores + (row << 3));
    const label = f64x2(<f64>load<u8>(labels + row), <f64>load<u8>(labels + row, 1));
    const weight = f64x2(
      load<u8>(labels + row) ? positiveWeight : negativeWeight,
      load<u8>(labels + row, 1) ? positiveWeight : negativeWeight,
    );
    const p = sigmoid(z, exponentialOfNegative(f64x2.neg(f64x2.abs(z))));
    const gradient = f64x2.mul(weight, f64x2.sub(p, label));
    const hessian = f64x2.mul(f64x2.mul(weight, p), f64x2.sub(one, p));
    const gradients = i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(f64x2.mul(gradient, gradientScale)));
    const hessians = i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(f64x2.mul(hessian, hessianScale)));
    v128.store(derivatives + (row << 3), v128.shuffle<i32>(gradients, hessians, 0, 4, 1, 5));
    store<u32>(rows + (row << 2), <u32>row);
    store<u32>(rows + (row << 2), <u32>row + 1, 4);
  }
}

/**
 * Parts the rows at the places `from` to `to` into the same places of `spare`: from the front those that go left, from the end those
 * that go right. A row goes right where its bin is `low` to `low + span`.
 * @param leftCount where to leave the number of the former
 */
export function partRows(
  rows: usize,
  from: u32,
  to: u32,
  bins: usize,
  low: u32,
  span: u32,
  spare: usize,
  leftCount: usize,
): void {
  let left = spare + ((<usize>from) << 2);
  let right = spare + ((<usize>to) << 2) - 4;
  const end = rows + ((<usize>to) << 2);
  for (let at = rows + ((<usize>from) << 2); at < end; at += 4) {
    const row = load<u32>(at);
    // Both sides are written and one place moves on: without a branch, since the processor could not foresee it.
    const goesRight = <usize>(<u32>load<u8>(bins + row) - low <= span);
    store<u32>(left, row);
    store<u32>(right, row);
    left += (1 - goesRight) << 2;
    right -= goesRight << 2;
  }
  store<u32>(leftCount, <u32>((left - spare) >> 2) - from);
}

/**
 * Brings what partRows parted to its places in `rows`, in the order it had before.
 * @param ordered 0: no side's derivatives are wanted; 1: the left side's, 2: the right side's, at their rows' places
 */
export function placeRows(
  spare: usize,
  from: u32,
  to: u32,
  leftCount: u32,
  rows: usize,
  leftPlace: u32,
  rightPlace: u32,
  side: u32,
  derivatives: usize,
  ordered: usize,
): void {
  const middle = spare + ((<usize>(from + leftCount)) << 2);
  memory.copy(rows + ((<usize>leftPlace) << 2), spare + ((<usize>from) << 2), (<usize>leftCount) << 2);
  let target = rows + ((<usize>rightPlace) << 2);
  for (let at = spare + ((<usize>to) << 2) - 4; at >= middle; at -= 4, target += 4)
    store<u32>(target, load<u32>(at));
  if (side == 1) orderDerivatives(rows, leftPlace, leftPlace + leftCount, derivatives, ordered);
  if (side == 2)
    orderDerivatives(rows, rightPlace, rightPlace + (to - from - leftCount), derivatives, ordered);
}

/** Gathers the derivatives of rows beside each other, for the histogram to read in order. */
function orderDerivatives(rows: usize, from: u32, to: u32, derivatives: usize, ordered: usize): void {
  let target = ordered + ((<usize>from) << 3);
  const end = rows + ((<usize>to) << 2);
  for (let at = rows + ((<usize>from) << 2); at < end; at += 4, target += 8)
    store<u64>(target, load<u64>(derivatives + ((<usize>load<u32>(at)) << 3)));
}

/**
 * The cells of the histogram columns `columnFrom` to `columnTo` for the rows at the places `from` to `to`.
 * @param ordered their derivatives, at the same places
 */
export function fillHistogram(
  plan: usize,
  rows: usize,
  ordered: usize,
  from: u32,
  to: u32,
  columnFrom: u32,
  columnTo: u32,
  cells: usize,
): void {
  const fixed = changetype<Plan>(plan);
  const bins = fixed.bins;
  const rowCount = fixed.rowCount;
  const starts = fixed.starts;
  const countBits = fixed.countBits;
  const firstCell = (<usize>load<u32>(starts + ((<usize>columnFrom) << 2))) << 4;
  const lastCell = (<usize>load<u32>(starts + ((<usize>columnTo) << 2))) << 4;
  memory.fill(cells + firstCell, 0, lastCell - firstCell);
  if (from == to) return;
  const units = i32x4(1, 1 << countBits, 0, 0);
  const oneRow = i64x2(0, 1);
  const first = rows + ((<usize>from) << 2);
  const end = rows + ((<usize>to) << 2);
  const firstValue = ordered + ((<usize>from) << 3);
  let column = columnFrom;
  // Four columns side by side, so that a row's place and derivatives are read once for four bins.
  for (; column + 4 <= columnTo; column += 4) {
    const binsA = bins + <usize>column * rowCount;
    const binsB = binsA + rowCount;
    const binsC = binsB + rowCount;
    const binsD = binsC + rowCount;
    const cellsA = cells + ((<usize>load<u32>(starts + ((<usize>column) << 2))) << 4);
    const cellsB = cells + ((<usize>load<u32>(starts + ((<usize>column) << 2), 4)) << 4);
    const cellsC = cells + ((<usize>load<u32>(starts + ((<usize>column) << 2), 8)) << 4);
    const cellsD = cells + ((<usize>load<u32>(starts + ((<usize>column) << 2), 12)) << 4);
    let at = first;
    let value = firstValue;
    do {
      const row = load<u32>(at);
      const values = i64x2.add(i64x2.extmul_low_i32x4_s(v128.load64_zero(value), units), oneRow);
      const a = cellsA + ((<usize>load<u8>(binsA + row)) << 4);
      v128.store(a, i64x2.add(v128.load(a), values));
      const b = cellsB + ((<usize>load<u8>(binsB + row)) << 4);
      v128.store(b, i64x2.add(v128.load(b), values));
      const c = cellsC + ((<usize>load<u8>(binsC + row)) << 4);
      v128.store(c, i64x2.add(v128.load(c), values));
      const d = cellsD + ((<usize>load<u8>(binsD + row)) << 4);
      v128.store(d, i64x2.add(v128.load(d), values));
      at += 4;
      value += 8;
    } while (at < end);
  }
  for (; column < columnTo; column++) {
    const binsA = bins + <usize>column * rowCount;
    const cellsA = cells + ((<usize>load<u32>(starts + ((<usize>column) << 2))) << 4);
    let at = first;
    let value = firstValue;
    do {
      const a = cellsA + ((<usize>load<u8>(binsA + load<u32>(at))) << 4);
      const values = i64x2.add(i64x2.extmul_low_i32x4_s(v128.load64_zero(value), units), oneRow);
      v128.store(a, i64x2.add(v128.load(a), values));
      at += 4;
      value += 8;
    } while (at < end);
  }
}

/** Sums the cells of the first histogram column, which hold every row once, into [gradient, hessian, count] (float64). */
export function sumCells(plan: usize, cells: usize, target: usize): void {
  const fixed = changetype<Plan>(plan);
  const starts = fixed.starts;
  const gradientUnit = fixed.gradientUnit;
  const hessianUnit = fixed.hessianUnit;
  const countBits = fixed.countBits;
  let sums = i64x2.splat(0);
  const end = cells + ((<usize>load<u32>(starts, 4)) << 4);
  for (let cell = cells; cell < end; cell += 16) sums = i64x2.add(sums, v128.load(cell));
  const mixed = <u64>i64x2.extract_lane(sums, 1);
  store<f64>(target, <f64>i64x2.extract_lane(sums, 0) * gradientUnit);
  store<f64>(target, <f64>(mixed >> countBits) * hessianUnit, 8);
  store<f64>(target, <f64>(mixed & (((<u64>1) << countBits) - 1)), 16);
}

/** Makes a parent's cells those of its larger child, by taking away the smaller child's. */
export function subtractCells(
  plan: usize,
  parent: usize,
  child: usize,
  columnFrom: u32,
  columnTo: u32,
): void {
  const starts = changetype<Plan>(plan).starts;
  const end = parent + ((<usize>load<u32>(starts + ((<usize>columnTo) << 2))) << 4);
  const first = (<usize>load<u32>(starts + ((<usize>columnFrom) << 2))) << 4;
  child += first;
  for (let cell = parent + first; cell < end; cell += 16, child += 16)
    v128.store(cell, i64x2.sub(v128.load(cell), v128.load(child)));
}

function scoreOf(gradient: f64, hessian: f64, l2: f64): f64 {
  return (gradient * gradient) / (hessian + l2);
}

/**
 * The best cut of a node among the features of the histogram columns `columnFrom` to `columnTo`: the gain of Newton's step, as in
 * scikit-learn's splitting.pyx and XGBoost (Chen & Guestrin 2016, equation 7, without γ). Among equal scores the first
 * feature and the lowest bin win.
 * @param gradient of the node; hessian and count likewise
 * @param minimumScore what the best score has to exceed
 */
export function findSplit(
  plan: usize,
  cells: usize,
  columnFrom: u32,
  columnTo: u32,
  gradient: f64,
  hessian: f64,
  count: u32,
  minimumScore: f64,
  target: usize,
): void {
  const fixed = changetype<Plan>(plan);
  const l2 = fixed.l2;
  const gradientUnit = fixed.gradientUnit;
  const hessianUnit = fixed.hessianUnit;
  const starts = fixed.starts;
  const featureCount = fixed.featureCount;
  const columnOf = fixed.columnOf;
  const slotOf = fixed.slotOf;
  const minimumSamplesLeaf = fixed.minimumSamplesLeaf;
  const countBits = fixed.countBits;
  const found = changetype<Found>(target);
  const mask = ((<u64>1) << countBits) - 1;
  found.score = minimumScore;
  found.feature = -1;
  for (let feature: u32 = 0; feature < featureCount; feature++) {
    const column = load<u32>(columnOf + ((<usize>feature) << 2));
    if (column < columnFrom || column >= columnTo) continue;
    const slot = load<u32>(slotOf + ((<usize>feature) << 2));
    const first = cells + ((<usize>load<u32>(starts + ((<usize>column) << 2))) << 4);
    if (slot > 0) {
      const mixed = load<u64>(first + ((<usize>slot) << 4), 8);
      const rightCount = <u32>(mixed & mask);
      const leftCount = count - rightCount;
      if (leftCount < minimumSamplesLeaf || rightCount < minimumSamplesLeaf) continue;
      const leftHessian = hessian - <f64>(mixed >> countBits) * hessianUnit;
      const rightHessian = hessian - leftHessian;
      if (leftHessian < MINIMUM_HESSIAN || rightHessian < MINIMUM_HESSIAN) continue;
      const leftGradient = gradient - <f64>load<i64>(first + ((<usize>slot) << 4)) * gradientUnit;
      const score =
        scoreOf(leftGradient, leftHessian, l2) + scoreOf(gradient - leftGradient, rightHessian, l2);
      if (score > found.score) note(found, score, feature, 0, leftGradient, leftHessian, leftCount);
      continue;
    }
    let gradients: i64 = 0;
    let mixed: u64 = 0;
    const last = cells + ((<usize>load<u32>(starts + ((<usize>column) << 2), 4)) << 4) - 16;
    for (let cell = first; cell < last; cell += 16) {
      const cellMixed = load<u64>(cell, 8);
      // An empty bin repeats the cut before it.
      if (cellMixed == 0) continue;
      mixed += cellMixed;
      gradients += load<i64>(cell);
      const leftCount = <u32>(mixed & mask);
      const leftHessian = <f64>(mixed >> countBits) * hessianUnit;
      if (leftCount < minimumSamplesLeaf || leftHessian < MINIMUM_HESSIAN) continue;
      const rightHessian = hessian - leftHessian;
      if (count - leftCount < minimumSamplesLeaf || rightHessian < MINIMUM_HESSIAN) break;
      const leftGradient = <f64>gradients * gradientUnit;
      const score =
        scoreOf(leftGradient, leftHessian, l2) + scoreOf(gradient - leftGradient, rightHessian, l2);
      if (score > found.score)
        note(found, score, feature, <u32>((cell - first) >> 4), leftGradient, leftHessian, leftCount);
    }
  }
}

function note(
  found: Found,
  score: f64,
  feature: u32,
  bin: u32,
  leftGradient: f64,
  leftHessian: f64,
  leftCount: u32,
): void {
  found.score = score;
  found.feature = feature;
  found.bin = bin;
  found.leftGradient = leftGradient;
  found.leftHessian = leftHessian;
  found.leftCount = leftCount;
}

/**
 * Both children of a node at once, over the histogram columns `columnFrom` to `columnTo`: fills the smaller one's cells, makes the
 * parent's those of the larger, and leaves the best split of each at `found`, the smaller's first. A child whose minimum score
 * is infinite is not to be split.
 */
export function evaluateChildren(
  plan: usize,
  rows: usize,
  ordered: usize,
  from: u32,
  to: u32,
  columnFrom: u32,
  columnTo: u32,
  smaller: usize,
  parent: usize,
  smallerGradient: f64,
  smallerHessian: f64,
  smallerMinimum: f64,
  largerGradient: f64,
  largerHessian: f64,
  largerCount: u32,
  largerMinimum: f64,
  found: usize,
): void {
  fillHistogram(plan, rows, ordered, from, to, columnFrom, columnTo, smaller);
  subtractCells(plan, parent, smaller, columnFrom, columnTo);
  changetype<Found>(found).feature = -1;
  changetype<Found>(found + 48).feature = -1;
  if (smallerMinimum < f64.POSITIVE_INFINITY)
    findSplit(
      plan,
      smaller,
      columnFrom,
      columnTo,
      smallerGradient,
      smallerHessian,
      to - from,
      smallerMinimum,
      found,
    );
  if (largerMinimum < f64.POSITIVE_INFINITY)
    findSplit(
      plan,
      parent,
      columnFrom,
      columnTo,
      largerGradient,
      largerHessian,
      largerCount,
      largerMinimum,
      found + 48,
    );
}

/**
 * Adds each leaf's value to the raw scores of its rows, for the places `from` to `to`.
 * @param leafEnds ascending, the place after each leaf's last row; the leaves fill all places
 */
export function addLeafValues(
  rows: usize,
  from: u32,
  to: u32,
  leafEnds: usize,
  leafValues: usize,
  scores: usize,
): void {
  let place = from;
  for (; place < to; leafEnds += 4, leafValues += 8) {
    const end = min<u32>(load<u32>(leafEnds), to);
    const value = load<f64>(leafValues);
    for (; place < end; place++) {
      const score = scores + ((<usize>load<u32>(rows + ((<usize>place) << 2))) << 3);
      store<f64>(score, load<f64>(score) + value);
    }
  }
}
