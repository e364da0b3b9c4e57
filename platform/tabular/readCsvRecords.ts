import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { HoldfastError } from '../HoldfastError.ts';
import { checkText } from './checkText.ts';
import { csvDialect } from './csvDialect.ts';
import { describeReadError } from './inspectFile.ts';

// CSV as RFC 4180 says, with csv-parse rather than DuckDB: DuckDB refuses or renumbers rows that do not fit, and its
// binding hands strings to JavaScript one native call each (minutes for a million rows). Here every record comes out in order, also a
// ragged one, so that the row a message names is the row that the user sees.

const CHUNK_BYTES = 256 * 1024;

/**
 * The records of a CSV in batches of what one chunk of the file holds, the header being the first; blank lines are left out.
 * @throws HoldfastError invalidArgument: not UTF-8, a zero byte, a quote never closed, a record too long; each with the line or row
 */
export async function* readCsvRecords(
  path: string,
  delimiter: string,
  { shownAs, signal }: { readonly shownAs: string; readonly signal?: AbortSignal },
): AsyncGenerator<readonly string[][], void, void> {
  let batch: string[][] = [];
  let records = 0;
  const parser = parse({
    bom: true,
    delimiter,
    ...csvDialect,
    // Answering nothing keeps the record out of the parser's own output: it goes straight into the batch.
    on_record: (record: string[]) => {
      batch.push(record);
      records++;
    },
  });
  // Faults also reach the callbacks of write and end; as an event without a listener they would end the process.
  parser.on('error', () => undefined);
  const input = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of checkText(input, path, shownAs)) {
      signal?.throwIfAborted();
      await settle(done => parser.write(chunk, done));
      if (batch.length === 0) continue;
      yield batch;
      batch = [];
    }
    await settle(done => parser.end(done));
    if (batch.length > 0) yield batch;
  } catch (error) {
    throw describeParseError(error, records, shownAs);
  } finally {
    parser.destroy();
    input.destroy();
  }
}

const settle = (act: (done: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    act(error => (error ? reject(error) : resolve()));
  });

/** The parser names the line where it gave up, which may be the last: the row that began there says more. */
function describeParseError(error: unknown, records: number, shownAs: string): unknown {
  if (!(error instanceof CsvError)) return describeReadError(error, shownAs);
  const where = records === 0 ? 'the header' : `row ${records} (the header is not counted)`;
  const fault =
    error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
      ? `${where} opens a quote (") that is never closed, or is longer than 64 MiB`
      : `${where}: ${error.message}`;
  return new HoldfastError(
    'invalidArgument',
    `${shownAs} cannot be read as CSV: ${fault}. Double every quote within a quoted value, or write the file again.`,
    { cause: error },
  );
}
