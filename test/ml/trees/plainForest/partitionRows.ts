/**
 * Parts `rows[start..end)` in place, keeping each side's order: rows with a bin up to `lastLeft` first, the others after them.
 * @param bins of the splitting feature, from place `offset` on one a row
 * @param spare at least as long as rows; its content is lost
 * @returns where the right side begins
 */
export function partitionRows(
  rows: Int32Array,
  start: number,
  end: number,
  bins: Uint8Array,
  offset: number,
  lastLeft: number,
  spare: Int32Array,
): number {
  let left = start;
  let right = 0;
  for (let place = start; place < end; place++) {
    const row = rows[place];
    // Both sides are written and one place moves on: without a branch, since the processor could not foresee it.
    const goesRight = (lastLeft - bins[offset + row]) >>> 31;
    rows[left] = row;
    spare[right] = row;
    right += goesRight;
    left += 1 - goesRight;
  }
  for (let place = 0; place < right; place++) rows[left + place] = spare[place];
  return left;
}
