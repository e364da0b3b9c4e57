import type { TreeNodes } from '../FittedModel.ts';

/** Room for so many nodes, of which nothing is touched: what is not written costs no memory. */
export function createTreeNodes(count: number): TreeNodes {
  const value = new Float64Array(count);
  return {
    feature: new Int32Array(count),
    value,
    threshold: new Float32Array(value.buffer),
    left: new Int32Array(value.buffer),
  };
}
