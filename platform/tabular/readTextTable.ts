import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkHeader } from './checkHeader.ts';
import { convertParquet } from './convertParquet.ts';
import { detectDelimiter } from './detectDelimiter.ts';
import { inspectFile } from './inspectFile.ts';
import { readCsvRecords } from './readCsvRecords.ts';
import type { ReadOptions, TextBatch } from './TextTable.ts';

/**
 * The rows of a CSV or Parquet file as text, in the file's order, in batches and bounded memory. There is always a first
 * batch, also where the file holds a header only. Parquet goes through DuckDB into a temporary CSV, removed at the end: one
 * path for both formats, and one by which numbers become text (an integral one without a fraction, NaN as absent).
 * @throws HoldfastError notFound, invalidArgument (not a table: says what and where); what `options.signal` was aborted with
 */
export async function* readTextTable(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<TextBatch, void, void> {
  const shownAs = options.shownAs ?? path;
  const { format, head } = await inspectFile(path, shownAs);
  if (format === 'csv') {
    yield* number(readCsvRecords(path, detectDelimiter(head), { ...options, shownAs }), shownAs);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-tabular-'));
  try {
    const csv = join(folder, 'table.csv');
    await convertParquet(path, csv, shownAs);
    yield* number(readCsvRecords(csv, ',', { ...options, shownAs }), shownAs);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Takes the header off and counts the rows. */
async function* number(
  batches: AsyncIterable<readonly (readonly string[])[]>,
  shownAs: string,
): AsyncGenerator<TextBatch, void, void> {
  let columns: readonly string[] | null = null;
  let firstRow = 1;
  for await (const batch of batches) {
    let records = batch;
    if (columns === null) {
      columns = checkHeader(batch[0], shownAs);
      records = batch.slice(1);
    }
    yield { columns, firstRow, records };
    firstRow += records.length;
  }
  if (columns === null) checkHeader([], shownAs);
}
