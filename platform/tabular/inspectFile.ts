import { open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { HoldfastError } from '../HoldfastError.ts';

// Looks at a file before anything reads it: is it there, may it be read, is it a CSV or a Parquet file. Content decides, not
// the name; the usual mistakes (a spreadsheet, an archive, UTF-16) are told by name.

const HEAD_BYTES = 65_536;

const foreign: readonly [string, readonly number[], string][] = [
  [
    'a ZIP archive or an Excel workbook',
    [0x50, 0x4b, 0x03, 0x04],
    'save the sheet as CSV (UTF-8), or unpack it',
  ],
  ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0], 'save the sheet as CSV (UTF-8)'],
  ['compressed by gzip', [0x1f, 0x8b], 'unpack it first (gunzip)'],
  ['compressed by zstd', [0x28, 0xb5, 0x2f, 0xfd], 'unpack it first (unzstd)'],
  ['text in UTF-16', [0xff, 0xfe], 'save it as UTF-8 (iconv -f utf-16 -t utf-8)'],
  ['text in UTF-16', [0xfe, 0xff], 'save it as UTF-8 (iconv -f utf-16 -t utf-8)'],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46], 'export the table as CSV (UTF-8)'],
];

const systemFaults: Readonly<Record<string, readonly ['notFound' | 'invalidArgument', string]>> = {
  ENOENT: ['notFound', 'does not exist: check the path'],
  ENOTDIR: ['notFound', 'does not exist, a part of its path is a file: check the path'],
  EISDIR: ['invalidArgument', 'is a folder: name a CSV or Parquet file in it'],
  EACCES: ['invalidArgument', 'may not be read by this user: change its permissions'],
  EPERM: ['invalidArgument', 'may not be read by this user: change its permissions'],
  ENAMETOOLONG: ['invalidArgument', 'has too long a name: check the path'],
  ELOOP: ['invalidArgument', 'is a symbolic link that leads back to itself: check the path'],
};

export interface InspectedFile {
  readonly format: 'csv' | 'parquet';
  /** The beginning, at most 64 KiB. */
  readonly head: Buffer;
}

/**
 * @param shownAs how messages name the file
 * @throws HoldfastError notFound, or invalidArgument that says what the file is instead of a CSV or Parquet file
 */
export async function inspectFile(path: string, shownAs = path): Promise<InspectedFile> {
  const head = await readHead(path, shownAs);
  const refuse = (what: string, remedy: string): never => {
    throw new HoldfastError('invalidArgument', `${shownAs} is ${what}, expected CSV or Parquet: ${remedy}.`);
  };
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return { format: 'parquet', head };
  if (['.parquet', '.pq'].includes(extname(shownAs).toLowerCase()))
    return refuse(
      'not a Parquet file, though its name says so',
      'write it again, or rename it if it is a CSV',
    );
  if (head.length === 0) return refuse('empty', 'give a file with a header line and rows');
  for (const [what, magic, remedy] of foreign)
    if (magic.every((byte, index) => head[index] === byte)) return refuse(what, remedy);
  if (head.includes(0)) return refuse('not text (it holds zero bytes)', 'export the table as CSV (UTF-8)');
  return { format: 'csv', head };
}

async function readHead(path: string, shownAs: string): Promise<Buffer> {
  if (path.includes('\0'))
    throw new HoldfastError('invalidArgument', 'The path of the data file holds a zero byte: check it.');
  try {
    // Before it is opened: who opens a pipe waits until somebody writes to it.
    if (!(await stat(path)).isFile())
      throw new HoldfastError(
        'invalidArgument',
        `${shownAs} is a folder, a pipe or a device: name a CSV or Parquet file.`,
      );
    const file = await open(path, 'r');
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
      return head.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw describeReadError(error, shownAs);
  }
}

/** The error for the user where the system refused to read; any other error unchanged. */
export function describeReadError(error: unknown, shownAs: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  const fault = systemFaults[error.code];
  if (fault === undefined) return error;
  return new HoldfastError(fault[0], `The data file ${shownAs} ${fault[1]} (${error.code}).`, {
    cause: error,
  });
}
