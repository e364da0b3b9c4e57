import type { TreeNodes } from '../FittedModel.ts';

/** The node where a split sends this value of its feature. */
export const childOf = ({ threshold, left }: TreeNodes, split: number, value: number): number =>
  left[2 * split + 1] + (value <= threshold[2 * split] ? 0 : 1);
