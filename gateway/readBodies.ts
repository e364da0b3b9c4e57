import type { FastifyRequest } from 'fastify';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { GatewayPart } from './GatewayContext.ts';

/** A body reaches a route as the JSON text that it is, unparsed: what it means depends on the method. */
export const readBodies: GatewayPart = app => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => decodeText(body),
  );
};

function decodeText(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new HoldfastError('invalidArgument', 'The body is not UTF-8 text; send JSON in UTF-8.', { cause });
  }
}
