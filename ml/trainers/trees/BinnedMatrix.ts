/**
 * The features that can split, as small integers. Value of row r, feature f is `bins[f * rowCount + r]`, and
 * `bins ≤ b` exactly where the float32 value `≤ thresholds[f][b]`: a split learnt on bins is the same split on values.
 */
export interface BinnedMatrix {
  readonly rowCount: number;
  readonly featureCount: number;
  /** The matrix's column of each feature; columns that hold one value only are left out. */
  readonly columns: Int32Array;
  /** Ascending; one fewer than the feature has bins. */
  readonly thresholds: readonly Float32Array[];
  readonly bins: Uint8Array;
}
