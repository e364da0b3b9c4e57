import { exponentialOfNegative, sigmoid } from './sigmoid';

// The passes of logistic regression over a column-major float32 matrix, in float64, in blocks of rows that stay in the
// processor's nearest cache from margins to gradient. Columns lie `stride` values apart. Rows are read two at a time: behind the
// last one may lie any finite numbers and a label that is neither 0 nor 1, which count for nothing.

const BLOCK: u32 = 512;
const CHUNK: u32 = 8192;

/** margins[row − from] = parameters[0] + Σ parameters[c + 1] × matrix[c][row]; `rows` is even. */
function margins(
  matrix: usize,
  stride: u32,
  columns: u32,
  from: u32,
  rows: u32,
  parameters: usize,
  target: usize,
): void {
  const end = target + ((<usize>rows) << 3);
  const intercept = v128.load64_splat(parameters);
  for (let at = target; at < end; at += 16) v128.store(at, intercept);
  const bytes = (<usize>stride) << 2;
  let x = matrix + ((<usize>from) << 2);
  let weight = parameters + 8;
  let column: u32 = 0;
  for (; column + 4 <= columns; column += 4, x += bytes << 2, weight += 32) {
    const a = v128.load64_splat(weight);
    const b = v128.load64_splat(weight, 8);
    const c = v128.load64_splat(weight, 16);
    const d = v128.load64_splat(weight, 24);
    let xa = x;
    let xb = xa + bytes;
    let xc = xb + bytes;
    let xd = xc + bytes;
    for (let at = target; at < end; at += 16) {
      let z = f64x2.add(v128.load(at), f64x2.mul(a, f64x2.promote_low_f32x4(v128.load64_zero(xa))));
      z = f64x2.add(z, f64x2.mul(b, f64x2.promote_low_f32x4(v128.load64_zero(xb))));
      z = f64x2.add(z, f64x2.mul(c, f64x2.promote_low_f32x4(v128.load64_zero(xc))));
      z = f64x2.add(z, f64x2.mul(d, f64x2.promote_low_f32x4(v128.load64_zero(xd))));
      v128.store(at, z);
      xa += 8;
      xb += 8;
      xc += 8;
      xd += 8;
    }
  }
  for (; column < columns; column++, x += bytes, weight += 8) {
    const a = v128.load64_splat(weight);
    let xa = x;
    for (let at = target; at < end; at += 16, xa += 8)
      v128.store(at, f64x2.add(v128.load(at), f64x2.mul(a, f64x2.promote_low_f32x4(v128.load64_zero(xa)))));
  }
}

/** target[c] += Σ rows × matrix[c], four columns side by side; `target` is 8 bytes a column. */
function addProducts(
  matrix: usize,
  stride: u32,
  columns: u32,
  from: u32,
  rows: u32,
  values: usize,
  target: usize,
): void {
  const end = values + ((<usize>rows) << 3);
  const bytes = (<usize>stride) << 2;
  let x = matrix + ((<usize>from) << 2);
  let column: u32 = 0;
  for (; column + 4 <= columns; column += 4, x += bytes << 2, target += 32) {
    let a = f64x2.splat(0);
    let b = a;
    let c = a;
    let d = a;
    let xa = x;
    let xb = xa + bytes;
    let xc = xb + bytes;
    let xd = xc + bytes;
    for (let at = values; at < end; at += 16) {
      const value = v128.load(at);
      a = f64x2.add(a, f64x2.mul(value, f64x2.promote_low_f32x4(v128.load64_zero(xa))));
      b = f64x2.add(b, f64x2.mul(value, f64x2.promote_low_f32x4(v128.load64_zero(xb))));
      c = f64x2.add(c, f64x2.mul(value, f64x2.promote_low_f32x4(v128.load64_zero(xc))));
      d = f64x2.add(d, f64x2.mul(value, f64x2.promote_low_f32x4(v128.load64_zero(xd))));
      xa += 8;
      xb += 8;
      xc += 8;
      xd += 8;
    }
    addSum(target, a);
    addSum(target + 8, b);
    addSum(target + 16, c);
    addSum(target + 24, d);
  }
  for (; column < columns; column++, x += bytes, target += 8) {
    let a = f64x2.splat(0);
    let xa = x;
    for (let at = values; at < end; at += 16, xa += 8)
      a = f64x2.add(a, f64x2.mul(v128.load(at), f64x2.promote_low_f32x4(v128.load64_zero(xa))));
    addSum(target, a);
  }
}

function addSum(target: usize, sums: v128): void {
  store<f64>(target, load<f64>(target) + (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)));
}

/** All ones in the lanes of the rows whose label it is. */
function hasLabel(labels: usize, row: u32, label: u8): v128 {
  const at = labels + row;
  return i64x2(load<u8>(at) == label ? -1 : 0, load<u8>(at, 1) == label ? -1 : 0);
}

/**
 * Loss and gradient of rows `from` to `to`, which start at a whole chunk of 8192 rows.
 * @param scratch 8 KiB of a member's own
 * @param losses four float64 a block of 512 rows, from the block of `from` on: for label 0 the product of 1 + e^−|z|, whose logarithm is
 *   the block's loss but for what follows, and the sum of z where it is above 0; for label 1 the same of −z
 * @param target a gradient each chunk, one after another, the intercept first
 */
export function logisticPass(
  matrix: usize,
  stride: u32,
  columns: u32,
  labels: usize,
  from: u32,
  to: u32,
  parameters: usize,
  negativeWeight: f64,
  positiveWeight: f64,
  scratch: usize,
  losses: usize,
  target: usize,
): void {
  const residuals = scratch + ((<usize>BLOCK) << 3);
  const one = f64x2.splat(1);
  const zero = f64x2.splat(0);
  const negativeWeights = f64x2.splat(negativeWeight);
  const positiveWeights = f64x2.splat(positiveWeight);
  const width = (<usize>(columns + 1)) << 3;
  target -= width;
  for (let block = from; block < to; block += BLOCK, losses += 32) {
    if (block % CHUNK == 0) {
      target += width;
      memory.fill(target, 0, width);
    }
    const rows = (min<u32>(BLOCK, to - block) + 1) & ~1;
    margins(matrix, stride, columns, block, rows, parameters, scratch);
    let negativeProduct = one;
    let positiveProduct = one;
    let negativeSum = zero;
    let positiveSum = zero;
    let total = zero;
    for (let row: u32 = 0; row < rows; row += 2) {
      const z = v128.load(scratch + ((<usize>row) << 3));
      const isNegative = hasLabel(labels, block + row, 0);
      const isPositive = hasLabel(labels, block + row, 1);
      const exponential = exponentialOfNegative(f64x2.neg(f64x2.abs(z)));
      const factor = f64x2.add(one, exponential);
      negativeProduct = f64x2.mul(negativeProduct, v128.bitselect(factor, one, isNegative));
      positiveProduct = f64x2.mul(positiveProduct, v128.bitselect(factor, one, isPositive));
      negativeSum = f64x2.add(negativeSum, v128.and(f64x2.max(z, zero), isNegative));
      positiveSum = f64x2.add(positiveSum, v128.and(f64x2.max(f64x2.neg(z), zero), isPositive));
      const p = sigmoid(z, exponential);
      const residual = v128.or(
        v128.and(f64x2.mul(negativeWeights, p), isNegative),
        v128.and(f64x2.mul(positiveWeights, f64x2.sub(p, one)), isPositive),
      );
      total = f64x2.add(total, residual);
      v128.store(residuals + ((<usize>row) << 3), residual);
    }
    store<f64>(losses, f64x2.extract_lane(negativeProduct, 0) * f64x2.extract_lane(negativeProduct, 1));
    store<f64>(losses, f64x2.extract_lane(negativeSum, 0) + f64x2.extract_lane(negativeSum, 1), 8);
    store<f64>(losses, f64x2.extract_lane(positiveProduct, 0) * f64x2.extract_lane(positiveProduct, 1), 16);
    store<f64>(losses, f64x2.extract_lane(positiveSum, 0) + f64x2.extract_lane(positiveSum, 1), 24);
    addSum(target, total);
    addProducts(matrix, stride, columns, block, rows, residuals, target + 8);
  }
}

/**
 * Adds to the lower triangle of the Hessian, row-major with `columns` + 1 values a row, what one block of rows gives.
 * @param scratch 8 KiB of a member's own
 */
export function addHessian(
  matrix: usize,
  stride: u32,
  columns: u32,
  labels: usize,
  from: u32,
  to: u32,
  parameters: usize,
  negativeWeight: f64,
  positiveWeight: f64,
  scratch: usize,
  target: usize,
): void {
  const weighted = scratch + ((<usize>BLOCK) << 3);
  const one = f64x2.splat(1);
  const negativeWeights = f64x2.splat(negativeWeight);
  const positiveWeights = f64x2.splat(positiveWeight);
  const rows = (min<u32>(BLOCK, to - from) + 1) & ~1;
  const bytes = (<usize>stride) << 2;
  const width = (<usize>(columns + 1)) << 3;
  margins(matrix, stride, columns, from, rows, parameters, scratch);
  let total = f64x2.splat(0);
  for (let row: u32 = 0; row < rows; row += 2) {
    const at = scratch + ((<usize>row) << 3);
    const z = v128.load(at);
    const p = sigmoid(z, exponentialOfNegative(f64x2.neg(f64x2.abs(z))));
    const curvature = f64x2.mul(p, f64x2.sub(one, p));
    const value = v128.or(
      v128.and(f64x2.mul(negativeWeights, curvature), hasLabel(labels, from + row, 0)),
      v128.and(f64x2.mul(positiveWeights, curvature), hasLabel(labels, from + row, 1)),
    );
    total = f64x2.add(total, value);
    v128.store(at, value);
  }
  addSum(target, total);
  let x = matrix + ((<usize>from) << 2);
  for (let column: u32 = 0; column < columns; column++, x += bytes) {
    target += width;
    let sum = f64x2.splat(0);
    let xa = x;
    for (let row: usize = 0; row < (<usize>rows) << 3; row += 16, xa += 8) {
      const value = f64x2.mul(v128.load(scratch + row), f64x2.promote_low_f32x4(v128.load64_zero(xa)));
      sum = f64x2.add(sum, value);
      v128.store(weighted + row, value);
    }
    addSum(target, sum);
    addProducts(matrix, stride, column + 1, from, rows, weighted, target + 8);
  }
}
