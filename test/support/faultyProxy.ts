import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

// Stands between our HTTP client and a real server, and behaves as badly as a network, a proxy or a server can.

export type Behaviour =
  /** As if it were not there. */
  | 'forward'
  /** The server does what it was asked to, but its answer never arrives. */
  | 'loseAnswer'
  /** Takes the request and says nothing. */
  | 'hang'
  /** Says this instead of asking the server. */
  | { readonly status: number; readonly body: string };

export interface FaultyProxy {
  readonly url: string;
  /** Asked at every request; may be set anew at any time. */
  behave: (path: string) => Behaviour;
  /** Every request as it came. */
  readonly requests: { readonly path: string; readonly authorization: string | undefined }[];
  /** Breaks the connections that hang. */
  release(): void;
}

/** @param target the server's address; left out where nothing is forwarded */
export async function withFaultyProxy<T>(
  target: string | null,
  test: (proxy: FaultyProxy) => Promise<T>,
): Promise<T> {
  const hanging = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    proxy.requests.push({ path: request.url ?? '', authorization: request.headers.authorization });
    answer(request, response, proxy.behave(request.url ?? '')).catch(() => response.destroy());
  });
  const answer = async (
    request: IncomingMessage,
    response: ServerResponse,
    how: Behaviour,
  ): Promise<void> => {
    if (how === 'hang') {
      hanging.add(response);
      return;
    }
    const body = await buffer(request);
    if (typeof how === 'object') {
      response.writeHead(how.status).end(how.body);
      return;
    }
    const { method, headers } = request;
    const answered = await fetch(`${target}${request.url}`, {
      method,
      headers: { 'content-type': headers['content-type'] ?? 'application/octet-stream' },
      body: body.length > 0 ? new Uint8Array(body) : undefined,
    });
    const text = await answered.text();
    if (how === 'loseAnswer') response.destroy();
    else response.writeHead(answered.status, { 'content-type': 'application/json' }).end(text);
  };
  const proxy: FaultyProxy = {
    url: await new Promise<string>(done =>
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        done(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
      }),
    ),
    behave: () => 'forward',
    requests: [],
    release: () => {
      for (const response of hanging) response.destroy();
      hanging.clear();
    },
  };
  try {
    return await test(proxy);
  } finally {
    const closed = new Promise(done => server.close(done));
    server.closeAllConnections();
    await closed;
  }
}
