/** Σ weight × probability, one a row. */
export function mix(weights: readonly number[], members: readonly Float64Array[]): Float64Array {
  const mixed = new Float64Array(members[0].length);
  for (const [place, member] of members.entries())
    for (let row = 0; row < mixed.length; row++) mixed[row] += weights[place] * member[row];
  // The weights sum to 1 but for rounding.
  return mixed.map(probability => Math.min(probability, 1));
}
