import type { ArmWeight } from '../../ml/experiments/allocateBuckets.ts';
import { BUCKETS } from '../../ml/experiments/bucketOf.ts';
import type { FieldViolation } from '../../platform/HoldfastError.ts';

// Weights as people give them, in percent, and as they are kept, in buckets.

const PER_PERCENT = BUCKETS / 100;

export const toPercent = (buckets: number): number => buckets / PER_PERCENT;

/** @returns the weights in buckets; what is wrong with them is added to `violations` */
export function readWeights(
  given: readonly { readonly arm: string; readonly weightPercent: number }[],
  field: string,
  violations: FieldViolation[],
): ArmWeight[] {
  const weights = given.map(({ arm, weightPercent }, index) => {
    const weight = Math.round(weightPercent * PER_PERCENT);
    // 33.33 is not exactly 3,333 hundredths in binary.
    if (
      !(weightPercent >= 0 && weightPercent <= 100 && Math.abs(weight - weightPercent * PER_PERCENT) < 1e-6)
    )
      violations.push({
        field: `${field}[${index}].weight_percent`,
        description: `expected 0 to 100 in steps of 0.01, got ${weightPercent}`,
      });
    return { arm, weight };
  });
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  if (violations.length === 0 && sum !== BUCKETS)
    violations.push({
      field,
      description: `expected weights that sum to 100 percent, got ${toPercent(sum)}`,
    });
  return weights;
}
