// The passes of a perceptron's training, over row-major float32 matrices whose rows are whole tiles of eight values.

/**
 * c[i][j] += Σ_p a[i × aRow + p × aStep] × b[p × width + j]. The strides of `a` are in bytes and let it stand for its own
 * transpose; `rows` is a multiple of four and `width` of eight.
 */
export function multiply(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  c: usize,
  rows: u32,
  width: u32,
  depth: u32,
): void {
  const bytes = (<usize>width) << 2;
  for (; rows > 0; rows -= 4, a += aRow << 2, c += bytes << 2)
    for (let column: usize = 0; column < bytes; column += 32) {
      const c0 = c + column;
      const c1 = c0 + bytes;
      const c2 = c1 + bytes;
      const c3 = c2 + bytes;
      let low0 = v128.load(c0);
      let high0 = v128.load(c0, 16);
      let low1 = v128.load(c1);
      let high1 = v128.load(c1, 16);
      let low2 = v128.load(c2);
      let high2 = v128.load(c2, 16);
      let low3 = v128.load(c3);
      let high3 = v128.load(c3, 16);
      let bAt = b + column;
      let a0 = a;
      let a1 = a + aRow;
      let a2 = a1 + aRow;
      let a3 = a2 + aRow;
      for (let left = depth; left > 0; left--) {
        const bLow = v128.load(bAt);
        const bHigh = v128.load(bAt, 16);
        const s0 = v128.load32_splat(a0);
        low0 = f32x4.add(low0, f32x4.mul(s0, bLow));
        high0 = f32x4.add(high0, f32x4.mul(s0, bHigh));
        const s1 = v128.load32_splat(a1);
        low1 = f32x4.add(low1, f32x4.mul(s1, bLow));
        high1 = f32x4.add(high1, f32x4.mul(s1, bHigh));
        const s2 = v128.load32_splat(a2);
        low2 = f32x4.add(low2, f32x4.mul(s2, bLow));
        high2 = f32x4.add(high2, f32x4.mul(s2, bHigh));
        const s3 = v128.load32_splat(a3);
        low3 = f32x4.add(low3, f32x4.mul(s3, bLow));
        high3 = f32x4.add(high3, f32x4.mul(s3, bHigh));
        bAt += bytes;
        a0 += aStep;
        a1 += aStep;
        a2 += aStep;
        a3 += aStep;
      }
      v128.store(c0, low0);
      v128.store(c0, high0, 16);
      v128.store(c1, low1);
      v128.store(c1, high1, 16);
      v128.store(c2, low2);
      v128.store(c2, high2, 16);
      v128.store(c3, low3);
      v128.store(c3, high3, 16);
    }
}

/** Copies the rows of `source` that `chosen` names, one after another, into `target`. */
export function gatherRows(source: usize, chosen: usize, count: u32, width: u32, target: usize): void {
  const bytes = (<usize>width) << 2;
  for (; count > 0; count--, chosen += 4) {
    const from = source + <usize>load<u32>(chosen) * bytes;
    for (let column: usize = 0; column < bytes; column += 16)
      v128.store(target + column, v128.load(from + column));
    target += bytes;
  }
}

/** Writes one row into each row of `target`. */
export function fillRows(target: usize, row: usize, rows: u32, width: u32): void {
  const bytes = (<usize>width) << 2;
  for (; rows > 0; rows--, target += bytes)
    for (let column: usize = 0; column < bytes; column += 16)
      v128.store(target + column, v128.load(row + column));
}

/** 0 in place of what is below it. */
export function rectify(values: usize, length: u32): void {
  const zero = f32x4.splat(0);
  for (const end = values + ((<usize>length) << 2); values < end; values += 16)
    v128.store(values, f32x4.max(v128.load(values), zero));
}

/** logits[row] (float64) = bias + Σ activations × weights, in four float64 sums. */
export function outputLogits(
  activations: usize,
  weights: usize,
  bias: f32,
  rows: u32,
  width: u32,
  logits: usize,
): void {
  const bytes = (<usize>width) << 2;
  for (; rows > 0; rows--, activations += bytes, logits += 8) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let column: usize = 0; column < bytes; column += 16) {
      const at = activations + column;
      const weight = weights + column;
      low = f64x2.add(
        low,
        f64x2.mul(
          f64x2.promote_low_f32x4(v128.load64_zero(at)),
          f64x2.promote_low_f32x4(v128.load64_zero(weight)),
        ),
      );
      high = f64x2.add(
        high,
        f64x2.mul(
          f64x2.promote_low_f32x4(v128.load64_zero(at, 8)),
          f64x2.promote_low_f32x4(v128.load64_zero(weight, 8)),
        ),
      );
    }
    const sums = f64x2.add(low, high);
    store<f64>(logits, bias + (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)));
  }
}

/** gradient[column] += Σ derivatives[row] × activations[row][column]; the derivatives are float32. */
export function addOutputGradient(
  activations: usize,
  derivatives: usize,
  rows: u32,
  width: u32,
  gradient: usize,
): void {
  const bytes = (<usize>width) << 2;
  for (; rows > 0; rows--, activations += bytes, derivatives += 4) {
    const derivative = v128.load32_splat(derivatives);
    for (let column: usize = 0; column < bytes; column += 16) {
      const at = gradient + column;
      v128.store(at, f32x4.add(v128.load(at), f32x4.mul(derivative, v128.load(activations + column))));
    }
  }
}

/** deltas = derivative of the row × weight of the column where the unit is active, else 0. */
export function outputDeltas(
  activations: usize,
  weights: usize,
  derivatives: usize,
  rows: u32,
  width: u32,
  deltas: usize,
): void {
  const bytes = (<usize>width) << 2;
  const zero = f32x4.splat(0);
  for (; rows > 0; rows--, activations += bytes, deltas += bytes, derivatives += 4) {
    const derivative = v128.load32_splat(derivatives);
    for (let column: usize = 0; column < bytes; column += 16)
      v128.store(
        deltas + column,
        v128.and(
          f32x4.mul(derivative, v128.load(weights + column)),
          f32x4.gt(v128.load(activations + column), zero),
        ),
      );
  }
}

/** 0 in place of the deltas of units that are silent. */
export function maskInactive(deltas: usize, activations: usize, length: u32): void {
  const zero = f32x4.splat(0);
  for (const end = deltas + ((<usize>length) << 2); deltas < end; deltas += 16, activations += 16)
    v128.store(deltas, v128.and(v128.load(deltas), f32x4.gt(v128.load(activations), zero)));
}

/** target[column] += Σ values[row][column]. */
export function addColumnSums(values: usize, rows: u32, width: u32, target: usize): void {
  const bytes = (<usize>width) << 2;
  for (; rows > 0; rows--, values += bytes)
    for (let column: usize = 0; column < bytes; column += 16) {
      const at = target + column;
      v128.store(at, f32x4.add(v128.load(at), v128.load(values + column)));
    }
}

export function transpose(source: usize, rows: u32, columns: u32, target: usize): void {
  for (let row: usize = 0; row < rows; row++)
    for (let column: usize = 0; column < columns; column++, source += 4)
      store<f32>(target + ((column * rows + row) << 2), load<f32>(source));
}

/** gradient += decay × weights. @returns Σ weights², in two float64 sums */
export function addDecay(weights: usize, gradient: usize, decay: f32, length: u32): f64 {
  const decays = f32x4.splat(decay);
  let squares = f64x2.splat(0);
  for (const end = weights + ((<usize>length) << 2); weights < end; weights += 16, gradient += 16) {
    const values = v128.load(weights);
    v128.store(gradient, f32x4.add(v128.load(gradient), f32x4.mul(decays, values)));
    const low = f64x2.promote_low_f32x4(values);
    const high = f64x2.promote_low_f32x4(v128.load64_zero(weights, 8));
    squares = f64x2.add(squares, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
  }
  return f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
}

/**
 * One step of Adam. The moments are float64.
 * @param rate the learning rate with the corrections of both moments' bias
 */
export function adam(
  parameters: usize,
  gradient: usize,
  first: usize,
  second: usize,
  length: u32,
  rate: f64,
  firstDecay: f64,
  secondDecay: f64,
  epsilon: f64,
): void {
  const rates = f64x2.splat(rate);
  const keepFirst = f64x2.splat(firstDecay);
  const takeFirst = f64x2.splat(1 - firstDecay);
  const keepSecond = f64x2.splat(secondDecay);
  const takeSecond = f64x2.splat(1 - secondDecay);
  const epsilons = f64x2.splat(epsilon);
  for (
    const end = parameters + ((<usize>length) << 2);
    parameters < end;
    parameters += 8, gradient += 8, first += 16, second += 16
  ) {
    const slope = f64x2.promote_low_f32x4(v128.load64_zero(gradient));
    const mean = f64x2.add(f64x2.mul(keepFirst, v128.load(first)), f64x2.mul(takeFirst, slope));
    const square = f64x2.add(
      f64x2.mul(keepSecond, v128.load(second)),
      f64x2.mul(f64x2.mul(takeSecond, slope), slope),
    );
    v128.store(first, mean);
    v128.store(second, square);
    const step = f64x2.div(f64x2.mul(rates, mean), f64x2.add(f64x2.sqrt(square), epsilons));
    const moved = f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(parameters)), step);
    v128.store64_lane(parameters, f32x4.demote_f64x2_zero(moved), 0);
  }
}
