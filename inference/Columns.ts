/** The instances of one request as the model file takes them: a column an input, in the order of its signature. */
export interface Columns {
  readonly rowCount: number;
  /** Float32Array (NaN = missing) for a number, strings ("" = missing) for a category. */
  readonly values: readonly (Float32Array | string[])[];
}
