// The passes over activations and deltas between two matrix products, in place, over row-major values.

export function fillRows(target: Float32Array, row: Float32Array, rows: number): void {
  for (let index = 0; index < rows; index++) target.set(row, index * row.length);
}

export function rectify(values: Float32Array, length: number): void {
  for (let index = 0; index < length; index++) if (values[index] < 0) values[index] = 0;
}

/** Derivative × weight where the unit is active, else 0; 0 in the rows that only fill the last tile. */
export function outputDeltas(
  deltas: Float32Array,
  activations: Float32Array,
  weights: Float32Array,
  derivatives: Float64Array,
  rows: number,
  tiled: number,
): void {
  const width = weights.length;
  for (let row = 0; row < rows; row++)
    for (let unit = 0, at = row * width; unit < width; unit++, at++)
      deltas[at] = activations[at] > 0 ? derivatives[row] * weights[unit] : 0;
  deltas.fill(0, rows * width, tiled * width);
}

export function addColumnSums(target: Float32Array, values: Float32Array, rows: number): void {
  const width = target.length;
  for (let row = 0; row < rows; row++)
    for (let column = 0, at = row * width; column < width; column++, at++) target[column] += values[at];
}

export function transpose(
  source: Float32Array,
  target: Float32Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): void {
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      target[column * rows + row] = source[row * columns + column];
}

export function maskInactive(deltas: Float32Array, activations: Float32Array, length: number): void {
  for (let index = 0; index < length; index++) if (activations[index] <= 0) deltas[index] = 0;
}
