import type { InstanceReader } from '../InstanceReader.ts';
import { IGNORED } from '../Signature.ts';
import { expectation, whatInstead } from '../InstanceReader.ts';
import type { WireColumn } from './decodeColumns.ts';

// The columns of a request into those of the model, value by value under the rules of instances, and with their words: a
// value's fault names its row as `instances[3].tenure`; what is wrong with a whole column stands under `columns.tenure`.

/** @param columns all with as many values as the reader has rows */
export function readColumns(reader: InstanceReader, columns: readonly WireColumn[]): void {
  const { signature } = reader;
  const given = new Set<string>();
  for (const column of columns) {
    const { name } = column;
    if (given.has(name)) {
      reader.fault(`columns.${name}`, 'is given more than once');
      continue;
    }
    given.add(name);
    const place = signature.places.get(name);
    if (place === IGNORED || (place === undefined && name === reader.labelKey)) continue;
    if (place === undefined)
      reader.fault(`columns.${name}`, `is not a column of the model${whatInstead(name, signature.names)}`);
    else readColumn(reader, place, column);
  }
  for (const input of signature.inputs)
    if (!given.has(input.name) && input.missing === 'reject')
      reader.fault(`columns.${input.name}`, `is missing; expected ${expectation(input)}`);
}

function readColumn(reader: InstanceReader, place: number, column: WireColumn): void {
  const { rowCount } = reader.columns;
  const missing = new Set<number>();
  for (const row of column.missing) {
    if (row >= rowCount)
      reader.fault(
        `columns.${column.name}`,
        `row ${row} is said to be missing; the request has ${rowCount} rows`,
      );
    missing.add(row);
  }
  if (column.numbers !== null) {
    for (let row = 0; row < rowCount; row++)
      if (missing.has(row)) reader.missing(place, row, null);
      else reader.number(place, row, column.numbers[row]);
    return;
  }
  const { texts, codes } = column;
  if (codes === null) {
    for (let row = 0; row < rowCount; row++)
      if (missing.has(row)) reader.missing(place, row, null);
      else reader.text(place, row, texts[row]);
    return;
  }
  // A text that many rows share is looked up once.
  const levels = reader.signature.levelCodes[place];
  const known = texts.map(text => levels?.get(text) ?? -1);
  for (let row = 0; row < rowCount; row++) {
    const code = codes[row];
    if (missing.has(row)) reader.missing(place, row, null);
    else if (code < known.length && known[code] !== -1) reader.code(place, row, known[code]);
    else if (code < known.length) reader.text(place, row, texts[code]);
    else
      reader.faultOf(
        row,
        column.name,
        `has the code ${code}; expected one below ${texts.length}, the number of the column's texts`,
      );
  }
}
