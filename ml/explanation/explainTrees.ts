import type { TreesModel } from '../trainers/FittedModel.ts';
import { childOf } from '../trainers/trees/childOf.ts';

// TreeSHAP against one reference customer (Lundberg et al. 2020, "interventional"; the form for one background row). Each tree
// is walked once along every path that some mixture of the two customers takes: where a split sends both the same way nothing
// is at stake; where it parts them, either the split's column plays (the row's way) or it does not (the reference's way). A
// leaf is reached by exactly the coalitions that hold its `with` and none of its `without` columns, and the Shapley values of
// such a game are known. A path remembers columns, not features, so that all splits on one column go one way: the values are
// exact for the raw columns, which a sum over features would not be.

const UNDECIDED = 0;
const WITH = 1;
const WITHOUT = 2;

/**
 * Adds the contributions of the sum of all leaves, times `factor`.
 * @param columns the column of each feature
 * @returns the row's sum of leaves, times `factor`
 */
export function explainTrees(
  model: TreesModel,
  columns: Int32Array,
  row: Float32Array,
  reference: Float32Array,
  contributions: Float64Array,
  factor: number,
): number {
  const { feature, value } = model;
  const sideOf = new Uint8Array(contributions.length);
  /** The columns on the path that are decided. */
  const decided: number[] = [];
  let withCount = 0;
  let total = 0;

  const walk = (node: number): void => {
    const split = feature[node];
    if (split < 0) return reach(value[node] * factor);
    const ofRow = childOf(model, node, row[split]);
    const ofReference = childOf(model, node, reference[split]);
    const column = columns[split];
    if (ofRow === ofReference || sideOf[column] === WITH) return walk(ofRow);
    if (sideOf[column] === WITHOUT) return walk(ofReference);
    decided.push(column);
    sideOf[column] = WITH;
    withCount++;
    walk(ofRow);
    withCount--;
    sideOf[column] = WITHOUT;
    walk(ofReference);
    sideOf[column] = UNDECIDED;
    decided.pop();
  };

  const reach = (leaf: number): void => {
    const withoutCount = decided.length - withCount;
    if (withoutCount === 0) total += leaf;
    if (decided.length === 0) return;
    const whenWith = withCount === 0 ? 0 : leaf * orderings(withCount - 1, withoutCount);
    const whenWithout = withoutCount === 0 ? 0 : leaf * orderings(withCount, withoutCount - 1);
    for (const column of decided) contributions[column] += sideOf[column] === WITH ? whenWith : -whenWithout;
  };

  for (const root of model.roots) walk(root);
  return total;
}

/** first! × second! / (first + second + 1)!: the share of orders in which a column comes right between the two groups. */
function orderings(first: number, second: number): number {
  const smaller = Math.min(first, second);
  let share = 1 / (first + second + 1);
  for (let taken = 1; taken <= smaller; taken++) share *= taken / (first + second + 1 - taken);
  return share;
}
