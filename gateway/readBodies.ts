import type { FastifyInstance } from 'fastify';

/** A body of this type reaches a route as the bytes that it is, unparsed: what it means depends on the method. */
export function readBodies(app: FastifyInstance, contentType: string): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    contentType,
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => body,
  );
}
