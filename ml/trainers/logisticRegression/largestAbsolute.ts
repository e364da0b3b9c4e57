export const largestAbsolute = (vector: Float64Array): number =>
  vector.reduce((largest, component) => Math.max(largest, Math.abs(component)), 0);
