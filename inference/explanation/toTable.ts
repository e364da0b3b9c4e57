import type { Column, Table } from '../../ml/dataset/Table.ts';
import { type Columns, MISSING } from '../Columns.ts';
import type { Signature } from '../Signature.ts';

/** Rows as the encoder of a pipeline reads them: those of all parts, one after the other. */
export function toTable(
  { inputs, slots, numberCount, categoryCount }: Signature,
  parts: readonly Columns[],
): Table {
  const rowCount = parts.reduce((sum, part) => sum + part.rowCount, 0);
  const columns = inputs.map((input, place): Column => {
    const { name } = input;
    const slot = slots[place];
    if (input.kind === 'number') {
      const values = new Float32Array(rowCount);
      let at = 0;
      for (const part of parts)
        for (let row = 0; row < part.rowCount; row++) values[at++] = part.numbers[row * numberCount + slot];
      return { kind: 'number', name, values };
    }
    const codes = new Int32Array(rowCount);
    let at = 0;
    for (const part of parts)
      for (let row = 0; row < part.rowCount; row++) {
        const code = part.codes[row * categoryCount + slot];
        // A text that training did not meet equals no level: any code behind the levels will do.
        codes[at++] = code < 0 ? input.levels.length : code === MISSING ? -1 : code - 1;
      }
    return { kind: 'category', name, levels: input.levels, codes };
  });
  return { rowCount, columns, labels: new Uint8Array(rowCount) };
}
