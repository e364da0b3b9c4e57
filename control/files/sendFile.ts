import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { MAXIMUM_PIECE_BYTES, MAXIMUM_SENT_BYTES } from '../../platform/maximumFileBytes.ts';
import type { SendFileRequest, SentFile } from '../../proto/gen/holdfast/v1/file.ts';
import type { ControlPorts } from '../ControlPorts.ts';

// A file in pieces, straight into the artifact store: a piece at a time is in memory. What is too large, or does not fit, is
// refused before a byte of it is written.

const announced = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in 64 lower-case hexadecimal digits'),
  sizeBytes: z
    .bigint()
    .refine(
      size => size >= 1n && size <= BigInt(MAXIMUM_SENT_BYTES),
      `expected 1 to ${MAXIMUM_SENT_BYTES}; put a larger file where the workers can read it`,
    ),
});

/**
 * @throws HoldfastError invalidArgument (what was announced, or what came is not that); resourceExhausted (no room on the disk).
 *   Nothing of the file is kept then
 */
export async function sendFile(
  { artifacts }: Pick<ControlPorts, 'artifacts'>,
  parts: AsyncIterable<SendFileRequest>,
): Promise<SentFile> {
  const coming = parts[Symbol.asyncIterator]();
  const { digest, sizeBytes } = readAnnouncement(await coming.next());
  const { existed } = await artifacts.putStream(digest, Number(sizeBytes), pieces(coming, Number(sizeBytes)));
  return { digest, sizeBytes, existed };
}

function readAnnouncement({ done, value }: IteratorResult<SendFileRequest>): z.output<typeof announced> {
  const part = done === true ? undefined : value.part;
  if (part?.$case !== 'announcement') throw refused('part', 'expected the announcement before any piece');
  const read = announced.safeParse(part.value);
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues;
  throw refused(path[0] === 'digest' ? 'digest' : 'size_bytes', message);
}

async function* pieces(
  coming: AsyncIterator<SendFileRequest>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  for (let next = await coming.next(); next.done !== true; next = await coming.next()) {
    const { part } = next.value;
    if (part?.$case !== 'piece') throw refused('part', 'expected a piece after the announcement');
    const { offset, content } = part.value;
    if (offset !== BigInt(received))
      throw refused('offset', `expected ${received}, for so many bytes came before, got ${offset}`);
    if (content.length > MAXIMUM_PIECE_BYTES)
      throw refused(
        'content',
        `expected at most ${MAXIMUM_PIECE_BYTES} bytes a piece, got ${content.length}`,
      );
    received += content.length;
    if (received > sizeBytes) throw refused('content', `expected ${sizeBytes} bytes in all, got more`);
    yield content;
  }
  if (received < sizeBytes)
    throw refused('content', `expected ${sizeBytes} bytes in all, got ${received}: the file was cut off`);
}

const refused = (field: string, description: string): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `The file is not taken, and nothing of it was kept: ${field}: ${description}.`,
    {
      violations: [{ field, description }],
    },
  );
