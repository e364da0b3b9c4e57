import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { HoldfastError } from '../HoldfastError.ts';

const NEWLINE = 0x0a;

/**
 * Passes the chunks on while they are UTF-8 text without zero bytes (PostgreSQL and most readers refuse those).
 * @throws HoldfastError invalidArgument that names the first line at fault
 */
export async function* checkText(
  chunks: AsyncIterable<Buffer>,
  path: string,
  shownAs: string,
): AsyncGenerator<Buffer, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decodes = (chunk?: Buffer): boolean => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
      return true;
    } catch {
      return false;
    }
  };
  for await (const chunk of chunks) {
    if (!decodes(chunk) || chunk.includes(0)) throw await describeFault(path, shownAs);
    yield chunk;
  }
  if (!decodes()) throw await describeFault(path, shownAs);
}

/** Reads the file once more, by lines: only worth it once something is known to be wrong. */
async function describeFault(path: string, shownAs: string): Promise<HoldfastError> {
  let line = 1;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path)) {
    const bytes: Buffer = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const fault = faultOf(bytes.subarray(start, end));
      if (fault !== null) return refuse(shownAs, line, fault);
      start = end + 1;
      line++;
    }
    rest = bytes.subarray(start);
  }
  return refuse(shownAs, line, faultOf(rest) ?? 'something else now: the file was changed while it was read');
}

function faultOf(bytes: Buffer): string | null {
  if (!isUtf8(bytes)) return 'bytes that are not UTF-8';
  return bytes.includes(0) ? 'a zero byte' : null;
}

const refuse = (shownAs: string, line: number, fault: string): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `${shownAs} is not UTF-8 text: line ${line} (the header is line 1) holds ${fault}. Save it as UTF-8 (for example: iconv -f latin1 -t utf-8).`,
  );
