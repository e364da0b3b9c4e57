// What a kernel learns, as plain data (typed arrays and numbers): the only thing that prediction and ONNX export read.

/** p = sigmoid(intercept + Σ coefficients[c] × x[c]). */
export interface LinearModel {
  readonly kind: 'linear';
  readonly intercept: number;
  /** One a feature. */
  readonly coefficients: Float64Array;
}

/**
 * A flat node table of all trees. Node i of a tree: where `feature[i]` ≥ 0 a row goes to `left[i]` when
 * `x[feature[i]] <= threshold[i]`, else to `right[i]` (indices into the whole table); where `feature[i]` is -1, `value[i]`
 * is the leaf's value.
 */
export interface TreesModel {
  readonly kind: 'trees';
  /** `logit`: p = sigmoid(base + Σ leaf values). `probability`: p = mean of the leaf values; base is 0. */
  readonly aggregate: 'logit' | 'probability';
  readonly base: number;
  /** First node of each tree. */
  readonly roots: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly value: Float64Array;
}

/** Dense layers with ReLU between them; the last has one output: p = sigmoid(output). */
export interface PerceptronModel {
  readonly kind: 'perceptron';
  readonly layers: readonly {
    readonly inputs: number;
    readonly outputs: number;
    /** Row-major [inputs, outputs]. */
    readonly weights: Float32Array;
    readonly biases: Float32Array;
  }[];
}

export type FittedModel = LinearModel | TreesModel | PerceptronModel;
