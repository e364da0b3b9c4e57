import { type Columns, createColumns } from '../Columns.ts';
import type { Signature } from '../Signature.ts';

/**
 * The customer against whom all others are explained, as the one row of Columns: what the model file calls typical. In files
 * that do not tell it the columns are missing, which a pipeline of ours fills with just these values.
 */
export function typicalCustomer(signature: Signature): Columns {
  const columns = createColumns(signature, 1);
  for (const [place, input] of signature.inputs.entries())
    if (input.kind === 'number') columns.numbers[signature.slots[place]] = input.typical ?? Number.NaN;
    else columns.codes[signature.slots[place]] = signature.levelCodes[place]?.get(input.typical ?? '') ?? 0;
  return columns;
}
