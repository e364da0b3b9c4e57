import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { csvDialect } from '../../platform/tabular/csvDialect.ts';
import type { Source } from './openSource.ts';

// The rows of a CSV file with their very bytes. The parser reads Latin-1, in which every byte is one character, so that what
// is copied to the output is what came, whatever its encoding; cells that are looked at are decoded by whoever looks.

export interface RawRow {
  /** 0 is the header, 1 the first row below it. */
  readonly row: number;
  /** Line of the file on which the row begins, 1-based. */
  readonly line: number;
  /** The row's bytes as Latin-1, without the line break. */
  readonly raw: string;
  /** Its cells, unquoted, as Latin-1. */
  readonly cells: readonly string[];
  readonly lineBreak: '\n' | '\r\n' | '\r';
}

/**
 * Reads row after row; blank lines are no rows.
 * @throws HoldfastError that names the line where quotation marks do not match.
 */
export async function* readRows(path: string, source: Source, delimiter: string): AsyncGenerator<RawRow> {
  const parser = parse({
    ...csvDialect,
    delimiter,
    encoding: 'latin1',
    raw: true,
    info: true,
  });
  // Errors reach the loop below, because the pipeline destroys the parser with them.
  pipeline(Readable.from(source.chunks), parser, () => undefined);
  const lineBreak = lineBreakOf(source.head);
  // The parser's raw text leaves out the \n of \r\n, so the character that ends a line is counted.
  const counted = lineBreak === '\n' ? '\n' : '\r';
  let row = 0;
  let line = 1;
  try {
    for await (const { record, raw } of parser as AsyncIterable<{ record: string[]; raw: string }>) {
      const text = raw.replace(/^[\r\n]+/, '');
      const start = line + count(raw.slice(0, raw.length - text.length), counted);
      line += count(raw, counted);
      yield { row, line: start, raw: text.replace(/[\r\n]+$/, ''), cells: record, lineBreak };
      row++;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new HoldfastError(
      'invalidArgument',
      `${path}, near line ${line}: the quotation marks do not match (${error.message}). A cell that holds a quotation mark must be quoted and the mark doubled: "5"" pipe".`,
      { cause: error },
    );
  }
}

function lineBreakOf(head: Buffer): RawRow['lineBreak'] {
  const newline = head.indexOf(0x0a);
  const carriageReturn = head.indexOf(0x0d);
  if (carriageReturn === -1) return '\n';
  if (newline === carriageReturn + 1) return '\r\n';
  return newline === -1 ? '\r' : newline < carriageReturn ? '\n' : '\r';
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) found++;
  return found;
}
