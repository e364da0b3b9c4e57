import type { ColumnDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { parseDecimal } from '../../platform/tabular/parseDecimal.ts';
import { type ColumnReader, missingFault } from './ColumnReader.ts';
import { createGrowingArray } from '../../platform/tabular/createGrowingArray.ts';
import type { Fault } from './Violation.ts';

/** Numbers: compared with the definition as they are written, kept as float32, which is what a model file takes. */
export function createNumberReader(
  name: string,
  definition: Extract<ColumnDefinition, { kind: 'number' }>,
): ColumnReader {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer } = definition;
  const numberFault: Fault = { kind: 'number', rule: 'expected a number' };
  const sizeFault: Fault = { kind: 'range', rule: 'expected a number that float32 can hold (below 3.4e38)' };
  const minimumFault: Fault = { kind: 'range', rule: `expected at least ${min}` };
  const maximumFault: Fault = { kind: 'range', rule: `expected at most ${max}` };
  const integerFault: Fault = { kind: 'integer', rule: 'expected an integer' };
  const whenMissing = definition.missing === 'reject' ? missingFault : null;
  const values = createGrowingArray(Float32Array);
  let pending = Number.NaN;
  return {
    name,
    read: text => {
      pending = Number.NaN;
      const trimmed = text.trim();
      if (trimmed === '') return whenMissing;
      const number = parseDecimal(trimmed);
      if (number === null) return numberFault;
      if (!Number.isFinite(Math.fround(number))) return sizeFault;
      if (number < min) return minimumFault;
      if (number > max) return maximumFault;
      if (integer && !Number.isInteger(number)) return integerFault;
      pending = number;
      return null;
    },
    keep: () => values.push(pending),
    finish: () => ({ kind: 'number', name, values: values.finish() }),
  };
}
