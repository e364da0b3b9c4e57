import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

// Stands between a client and an HTTP server, so that a test can break a transfer, or answer in the server's place.

type Handler = (
  incoming: IncomingMessage,
  answer: ServerResponse,
  /** Asks the server behind and gives its response. */
  forward: () => Promise<IncomingMessage>,
) => void | Promise<void>;

/** @param handle told each request; what it does not answer is passed on as it is */
export async function withHttpProxy<T>(
  target: string,
  handle: Handler,
  test: (endpoint: string) => Promise<T>,
): Promise<T> {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, answer) => {
    // Headers as they came: the signature holds for the host that the client spoke to.
    const forward = (): Promise<IncomingMessage> =>
      new Promise((done, fail) => {
        const { method, url, headers } = incoming;
        incoming.pipe(request({ hostname, port, method, path: url, headers }, done).on('error', fail));
      });
    const act = async (): Promise<void> => {
      await handle(incoming, answer, forward);
      if (answer.headersSent || answer.destroyed) return;
      const response = await forward();
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    };
    act().catch(() => answer.destroy());
  });
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  try {
    return await test(`http://127.0.0.1:${address.port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
