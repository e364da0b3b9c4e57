import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { HoldfastError } from '../../HoldfastError.ts';
import { tooLarge } from './MessageReader.ts';

const unpackers = { gzip: promisify(gunzip), deflate: promisify(inflate) };

/** What `grpc-accept-encoding` says. */
export const ACCEPTED_ENCODINGS = 'identity,deflate,gzip';

/**
 * A message whose flag says that it is compressed.
 * @param encoding as `grpc-encoding` says
 * @throws HoldfastError unimplemented for an encoding that is not known here; tooLarge where it unpacks above the maximum;
 * invalidArgument where it does not unpack
 */
export async function decompress(
  bytes: Buffer,
  encoding: string | undefined,
  maximumBytes: number,
): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity')
    throw new HoldfastError(
      'invalidArgument',
      'A message says that it is compressed, and grpc-encoding does not say how.',
    );
  if (encoding !== 'gzip' && encoding !== 'deflate')
    throw new HoldfastError(
      'unimplemented',
      `Messages compressed as ${JSON.stringify(encoding)} are not taken; expected one of ${ACCEPTED_ENCODINGS}.`,
    );
  try {
    return await unpackers[encoding](bytes, { maxOutputLength: maximumBytes });
  } catch (cause) {
    if (cause instanceof RangeError)
      throw tooLarge(`that unpacks to more than ${maximumBytes} bytes`, maximumBytes);
    throw new HoldfastError('invalidArgument', `A message does not unpack as ${encoding}.`, { cause });
  }
}
