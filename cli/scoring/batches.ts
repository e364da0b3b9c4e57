import { parseRow } from './parseRow.ts';
import type { Header } from './readHeader.ts';
import type { RawRow } from './readRows.ts';
import type { ParsedRow } from './ScoredRow.ts';

/** Rows a message, where they are narrow enough. */
const MAXIMUM_ROWS = 1_000;
/** Roughly what a message may weigh, so that wide tables stay below a server's usual limit of 4 MiB. */
const MAXIMUM_BYTES = 2 << 20;
/** What a cell weighs in a message beyond its column's name and its text. */
const CELL_BYTES = 14;

/** Rows, parsed and gathered into batches of what one message should hold. */
export async function* batches(rows: AsyncIterable<RawRow>, header: Header): AsyncGenerator<ParsedRow[]> {
  const fixedBytes = header.inputs.reduce((sum, { column }) => sum + column.name.length + CELL_BYTES, 0);
  let batch: ParsedRow[] = [];
  let bytes = 0;
  for await (const row of rows) {
    const rowBytes = fixedBytes + row.raw.length;
    if (batch.length > 0 && (batch.length === MAXIMUM_ROWS || bytes + rowBytes > MAXIMUM_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(parseRow(row, header));
    bytes += rowBytes;
  }
  if (batch.length > 0) yield batch;
}
