// The logistic function of two numbers at once. The exponential is that of fdlibm's e_exp.c (its reduction, polynomial and last
// division), within one unit in the last place for arguments from −708 on; below, it stays at e^−708, which is next to 0.

export function exponentialOfNegative(x: v128): v128 {
  const bounded = f64x2.max(x, f64x2.splat(-708));
  const k = f64x2.nearest(f64x2.mul(bounded, f64x2.splat(1.442695040888963387)));
  const high = f64x2.sub(bounded, f64x2.mul(k, f64x2.splat(6.9314718036912381649e-1)));
  const low = f64x2.mul(k, f64x2.splat(1.90821492927058770002e-10));
  const r = f64x2.sub(high, low);
  const t = f64x2.mul(r, r);
  let c = f64x2.add(
    f64x2.splat(-1.6533902205465251539e-6),
    f64x2.mul(t, f64x2.splat(4.13813679705723846039e-8)),
  );
  c = f64x2.add(f64x2.splat(6.61375632143793436117e-5), f64x2.mul(t, c));
  c = f64x2.add(f64x2.splat(-2.77777777770155933842e-3), f64x2.mul(t, c));
  c = f64x2.add(f64x2.splat(1.66666666666666019037e-1), f64x2.mul(t, c));
  c = f64x2.sub(r, f64x2.mul(t, c));
  const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(f64x2.splat(2), c));
  const y = f64x2.sub(f64x2.splat(1), f64x2.sub(f64x2.sub(low, quotient), high));
  // 2^k by its bits: k + 1023 as the exponent. Adding 1.5 × 2^52 leaves a whole number in the low bits.
  const exponent = i64x2.shl(f64x2.add(k, f64x2.splat(6755399441055744 + 1023)), 52);
  return f64x2.mul(y, exponent);
}

/** 1 / (1 + e^−z), as sigmoid.ts has it: by the exponential of −|z|, so that nothing overflows. */
export function sigmoid(z: v128, exponential: v128): v128 {
  const one = f64x2.splat(1);
  const numerator = v128.bitselect(one, exponential, f64x2.ge(z, f64x2.splat(0)));
  return f64x2.div(numerator, f64x2.add(one, exponential));
}
