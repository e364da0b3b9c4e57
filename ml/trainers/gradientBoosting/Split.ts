/** scikit-learn's floor for every leaf: below it, a Newton step divides by next to nothing. */
export const MINIMUM_HESSIAN = 1e-3;

/** What a node's rows sum to. */
export interface NodeSums {
  gradient: number;
  hessian: number;
  count: number;
}

/** Where `gain` is 0 there is no split, and the rest means nothing. Rows with `bin ≤ bin` of the feature go left. */
export interface Split {
  gain: number;
  feature: number;
  bin: number;
  readonly left: NodeSums;
}

export const createSplit = (): Split => ({
  gain: 0,
  feature: -1,
  bin: -1,
  left: { gradient: 0, hessian: 0, count: 0 },
});
