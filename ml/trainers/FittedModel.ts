// What a kernel learns, as plain data (typed arrays and numbers): the only thing that prediction and ONNX export read.

/** p = sigmoid(intercept + Σ coefficients[c] × x[c]). */
export interface LinearModel {
  readonly kind: 'linear';
  readonly intercept: number;
  /** One a feature. */
  readonly coefficients: Float64Array;
}

/**
 * A flat node table of all trees, twelve bytes a node: a large forest is larger than the table it was grown on. Where `feature[i]` is
 * -1, node i is a leaf of `value[i]`. A split keeps its threshold and its left child in those eight bytes instead: a row goes to node
 * `left[2 * i + 1]` (an index into the whole table) when `x[feature[i]] <= threshold[2 * i]`, else to the one that follows it.
 */
export interface TreeNodes {
  readonly feature: Int32Array;
  readonly value: Float64Array;
  /** The same memory as `value`, as `left` is. */
  readonly threshold: Float32Array;
  readonly left: Int32Array;
}

export interface TreesModel extends TreeNodes {
  readonly kind: 'trees';
  /** `logit`: p = sigmoid(base + Σ leaf values). `probability`: p = mean of the leaf values; base is 0. */
  readonly aggregate: 'logit' | 'probability';
  readonly base: number;
  /** First node of each tree. */
  readonly roots: Int32Array;
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
