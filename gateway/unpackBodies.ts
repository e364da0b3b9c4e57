import { type Transform, pipeline } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { GatewayPart } from './GatewayContext.ts';

// `content-encoding` of requests. The limit of a body holds for what comes and for what it becomes: unpacking stops at the limit,
// so that a small body cannot become a large one in memory.

const unpackers: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
};

export const unpackBodies: GatewayPart = app => {
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase();
    if (encoding === undefined || encoding === 'identity') return done(null, payload);
    const unpacker = unpackers[encoding]?.();
    if (unpacker === undefined) return done(unknownEncoding(encoding));
    let receivedEncodedLength = 0;
    payload.on('data', (chunk: Buffer) => {
      receivedEncodedLength += chunk.length;
    });
    // The transport's length is that of what came.
    const unpacked = Object.defineProperty(unpacker, 'receivedEncodedLength', {
      get: () => receivedEncodedLength,
    });
    pipeline(payload, unpacked, error => {
      // Whoever reads it is told by the stream itself; a body that was too large is not read to its end.
      if (error !== null && error !== undefined && !unpacked.destroyed) unpacked.destroy(error);
    });
    done(null, unpacked);
  });
};

const unknownEncoding = (encoding: string): Error =>
  Object.assign(
    new HoldfastError(
      'invalidArgument',
      `The content encoding ${JSON.stringify(encoding.slice(0, 40))} is not known; expected gzip, deflate or none.`,
    ),
    { statusCode: 415 },
  );
