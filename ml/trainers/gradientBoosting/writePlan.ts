import type { DerivativeUnits } from './derivativeUnits.ts';
import type { GrowthOptions } from './GrowthOptions.ts';

/** The kernels' `Plan`, see assembly/boosting.ts. @returns its place */
export function writePlan(
  {
    memory,
    layout,
    l2,
    minimumSamplesLeaf,
  }: Pick<GrowthOptions, 'memory' | 'layout' | 'l2' | 'minimumSamplesLeaf'>,
  { gradientUnit, hessianUnit, countBits }: DerivativeUnits,
): number {
  const { bins, starts, columnOf, slotOf, binned } = layout;
  const copied = (values: Int32Array): number => {
    const copy = memory.int32(values.length);
    copy.set(values);
    return copy.byteOffset;
  };
  const numbers = memory.float64(8);
  numbers.set([l2, gradientUnit, hessianUnit]);
  new Uint32Array(numbers.buffer, numbers.byteOffset + 24).set([
    bins.byteOffset,
    binned.rowCount,
    copied(starts),
    binned.featureCount,
    copied(columnOf),
    copied(slotOf),
    minimumSamplesLeaf,
    countBits,
  ]);
  return numbers.byteOffset;
}
