import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { SendFileRequest } from '../../proto/gen/holdfast/v1/file.ts';
import type { CliContext } from '../CliContext.ts';
import { fileError } from '../fileError.ts';

/** Of a piece, which is all that is in memory of the file. */
const PIECE_BYTES = 256 * 1024;

/**
 * Sends a file to control, wherever that is.
 * @returns its digest, by which requests name it
 * @throws HoldfastError notFound, permissionDenied (the file here); as the server meant it
 */
export async function sendFile(
  { clients, signal }: Pick<CliContext, 'clients' | 'signal'>,
  path: string,
): Promise<string> {
  const { digest, sizeBytes } = await readIdentity(path, signal);
  await clients.files.send(parts(path, digest, sizeBytes), { signal });
  return digest;
}

async function readIdentity(
  path: string,
  signal: AbortSignal,
): Promise<{ digest: string; sizeBytes: number }> {
  try {
    const found = await stat(path);
    if (!found.isFile())
      throw new HoldfastError('invalidArgument', `${path} is no file that could be sent; expected one.`);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of readPieces(path, signal)) {
      hash.update(chunk);
      sizeBytes += chunk.length;
    }
    if (sizeBytes === 0) throw new HoldfastError('invalidArgument', `${path} is empty.`);
    return { digest: hash.digest('hex'), sizeBytes };
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof HoldfastError ? error : fileError(path, error);
  }
}

async function* parts(path: string, digest: string, sizeBytes: number): AsyncGenerator<SendFileRequest> {
  yield { part: { $case: 'announcement', value: { digest, sizeBytes: BigInt(sizeBytes) } } };
  let offset = 0n;
  for await (const content of readPieces(path)) {
    yield { part: { $case: 'piece', value: { offset, content } } };
    offset += BigInt(content.length);
  }
}

const readPieces = (path: string, signal?: AbortSignal): AsyncIterable<Buffer> =>
  createReadStream(path, { highWaterMark: PIECE_BYTES, signal });
