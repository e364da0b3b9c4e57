/** Column-major float32 matrix: value of row r, column c is `values[c * rowCount + r]`. No NaN. */
export interface FeatureMatrix {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly values: Float32Array;
}
