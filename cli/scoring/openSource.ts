import { createReadStream } from 'node:fs';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { fileError } from '../fileError.ts';

const SNIFFED_BYTES = 1 << 20;

export interface Source {
  /** Whether the file begins with UTF-8's byte order mark; `chunks` does not hold it. */
  readonly byteOrderMark: boolean;
  /** The first lines, at least the whole first one where it is not longer than a mebibyte. */
  readonly head: Buffer;
  /** The whole content, `head` included. */
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * Opens a CSV file (or standard input, `-`) and looks at its beginning.
 * @throws HoldfastError where it cannot be opened, is empty, or is plainly no CSV in UTF-8.
 */
export async function openSource(path: string, stdin: NodeJS.ReadStream): Promise<Source> {
  const stream: AsyncIterable<Buffer> =
    path === '-' ? stdin : createReadStream(path, { highWaterMark: 1 << 18 });
  const iterator = stream[Symbol.asyncIterator]();
  const read = async (): Promise<Buffer | undefined> => {
    try {
      const next = await iterator.next();
      return next.done ? undefined : next.value;
    } catch (error) {
      throw fileError(path, error);
    }
  };
  const parts: Buffer[] = [];
  for (let size = 0; size < SNIFFED_BYTES; ) {
    const chunk = await read();
    if (chunk === undefined) break;
    parts.push(chunk);
    size += chunk.length;
    if (size > 4 && (chunk.includes(0x0a) || chunk.includes(0x0d))) break;
  }
  const start = Buffer.concat(parts);
  refuseOtherFormats(path, start);
  const byteOrderMark = start.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf));
  const head = byteOrderMark ? start.subarray(3) : start;
  if (head.length === 0)
    throw new HoldfastError('invalidArgument', `${path} is empty; expected a CSV file with a header line.`);
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      yield head;
      for (let chunk = await read(); chunk !== undefined; chunk = await read()) yield chunk;
    } finally {
      await iterator.return?.();
    }
  }
  return { byteOrderMark, head, chunks: chunks() };
}

function refuseOtherFormats(path: string, start: Buffer): void {
  const format =
    start.subarray(0, 4).toString('latin1') === 'PAR1'
      ? 'a Parquet file'
      : start[0] === 0x1f && start[1] === 0x8b
        ? 'a gzip archive'
        : start.subarray(0, 2).toString('latin1') === 'PK'
          ? 'a ZIP archive or spreadsheet'
          : (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)
            ? 'text in UTF-16'
            : start.includes(0)
              ? 'a binary file'
              : undefined;
  if (format !== undefined)
    throw new HoldfastError(
      'invalidArgument',
      `${path} is ${format}; expected a CSV file in UTF-8. Save or export it as such first.`,
    );
}
