import { type TelcoRow, telcoColumns } from './TelcoRow.ts';

const CHUNK_ROWS = 1000;

/**
 * The rows as CSV text with a header, lines ended by a line feed and a missing value left blank, in chunks that a stream can
 * take one after the other. No value of the table needs quotes.
 */
export function* telcoCsv(rows: Iterable<TelcoRow>): Generator<string, void, undefined> {
  let chunk = `${telcoColumns.join(',')}\n`;
  let held = 0;
  for (const row of rows) {
    chunk += `${telcoColumns.map(column => row[column] ?? '').join(',')}\n`;
    if (++held < CHUNK_ROWS) continue;
    yield chunk;
    chunk = '';
    held = 0;
  }
  if (chunk !== '') yield chunk;
}
