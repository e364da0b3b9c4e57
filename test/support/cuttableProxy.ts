import { connect, createServer, type Server, type Socket } from 'node:net';

// Stands between a client and PostgreSQL, so that a test can take PostgreSQL away and bring it back at the same address.

export interface CuttableProxy {
  /** The given URL, through the proxy. */
  readonly url: string;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  restore(): Promise<void>;
}

/** @param target a URL with host and port; @param away whether it begins cut */
export async function withCuttableProxy<T>(
  target: string,
  test: (proxy: CuttableProxy) => Promise<T>,
): Promise<T> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer(socket => {
    const upstream = keep(connect(Number(port), hostname));
    keep(socket).pipe(upstream).pipe(socket);
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  });
  const own = await listen(server, 0);
  const url = new URL(target);
  url.host = `127.0.0.1:${own}`;
  const cut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise(resolve => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  try {
    return await test({ url: url.href, cut, restore: async () => void (await listen(server, own)) });
  } finally {
    await cut();
  }
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error('the proxy has no port'));
    });
  });
