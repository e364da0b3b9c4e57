/**
 * The bin of each value: the number of thresholds below it.
 * @param values float32 without NaN
 * @param thresholds 255 float32 ascending; those beyond the column's own are infinite
 */
export function binValues(values: usize, count: u32, thresholds: usize, bins: usize): void {
  for (const end = values + ((<usize>count) << 2); values < end; values += 4, bins++) {
    const value = load<f32>(values);
    let bin: usize = 0;
    // Half, then a quarter, … of the thresholds: without a branch, since the processor could not foresee it.
    for (let step: usize = 128; step > 0; step >>= 1)
      bin += <usize>(value > load<f32>(thresholds + ((bin + step - 1) << 2))) * step;
    store<u8>(bins, <u8>bin);
  }
}
