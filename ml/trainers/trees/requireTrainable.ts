import type { FeatureMatrix } from '../../features/FeatureMatrix.ts';

/**
 * @param counts parameters by name that have to be whole numbers from 1 on; null is "no limit"
 * @throws RangeError where there is no row, not one label a row, or a count that is none
 */
export function requireTrainable(
  { rowCount }: FeatureMatrix,
  labels: Uint8Array,
  counts: Readonly<Record<string, number | null>>,
): void {
  if (rowCount === 0 || labels.length !== rowCount)
    throw new RangeError(
      `${labels.length} labels for ${rowCount} rows; expected one a row and at least one row`,
    );
  for (const [name, value] of Object.entries(counts))
    if (value !== null && (!Number.isInteger(value) || value < 1))
      throw new RangeError(`${name} is ${value}; expected a whole number from 1 on`);
}
