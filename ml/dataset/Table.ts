// A validated table in memory: columns, not rows, with exactly the values that serving will see. Numbers are float32
// because the ONNX file takes float32: a tree threshold learnt between two float64 values could fall on one of them.

export interface NumberColumn {
  readonly kind: 'number';
  readonly name: string;
  /** One a row; NaN is a missing value. */
  readonly values: Float32Array;
}

export interface CategoryColumn {
  readonly kind: 'category';
  readonly name: string;
  /** Index into `levels`, one a row; -1 is a missing value. */
  readonly codes: Int32Array;
  /** Distinct levels in code-unit order, so that the codes do not depend on the rows' order. */
  readonly levels: readonly string[];
}

/** When each row's facts were true; the model does not see it. */
export interface EventTime {
  readonly column: string;
  /** Milliseconds since 1970, one a row; never NaN. */
  readonly times: Float64Array;
}

export type Column = NumberColumn | CategoryColumn;

export interface Table {
  readonly rowCount: number;
  /** In the definition's order; neither the id nor the label. */
  readonly columns: readonly Column[];
  /** 1 = the positive outcome. */
  readonly labels: Uint8Array;
  /** Left out where the definition names no event time. */
  readonly eventTime?: EventTime;
  /** See unitHasher: by them a customer stays held out in every later version of the data. Left out where there is no id. */
  readonly unitHashes?: Uint32Array;
}
